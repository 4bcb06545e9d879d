//! Which browser a user agent claims to be.

/// A browser family that names its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Chrome and what is built from it, but on iOS.
    Chromium,
    /// Firefox, but on iOS.
    Firefox,
    /// Safari on Apple's systems.
    Safari,
}

/// A claimed browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Browser {
    /// Its family.
    pub family: Family,
    /// Its version: major and minor.
    pub version: (u16, u16),
}

impl Browser {
    /// The browser that a user agent names, if it names one of those that tell their version.
    #[must_use]
    pub fn of(user_agent: &str) -> Option<Self> {
        let system = user_agent.strip_prefix("Mozilla/5.0 (")?;
        let (mut version, mut is_safari) = (None, false);
        for product in system.split(' ') {
            if let Some(chromium) = product.strip_prefix("Chrome/") {
                return Self::named(Family::Chromium, chromium);
            }
            if let Some(firefox) = product.strip_prefix("Firefox/") {
                return Self::named(Family::Firefox, firefox);
            }
            version = product.strip_prefix("Version/").or(version);
            is_safari |= product.starts_with("Safari/");
        }
        let is_apple = ["Macintosh", "iPhone", "iPad"]
            .iter()
            .any(|name| system.starts_with(name));
        version
            .filter(|_| is_safari && is_apple)
            .and_then(|version| Self::named(Family::Safari, version))
    }

    fn named(family: Family, version: &str) -> Option<Self> {
        let mut numbers = version.split(|c: char| !c.is_ascii_digit());
        let major = numbers.next()?.parse().ok()?;
        let minor = numbers.next().and_then(|minor| minor.parse().ok()).unwrap_or(0);
        let version = (major, minor);
        Some(Self { family, version })
    }

    /// Whether it sends Fetch Metadata (`Sec-Fetch-*`) with every navigation of a secure page: since Chrome 80,
    /// Firefox 90 and Safari 16.4 (MDN browser-compat-data, `http.headers.Sec-Fetch-Mode` and `-Dest`).
    #[must_use]
    pub fn sends_fetch_metadata(&self) -> bool {
        self.version
            >= match self.family {
                Family::Chromium => (80, 0),
                Family::Firefox => (90, 0),
                Family::Safari => (16, 4),
            }
    }

    /// Whether it is far behind the current ones.
    #[must_use]
    pub fn is_old(&self) -> bool {
        let (current, behind) = match self.family {
            // Samsung's browser and others lag by two years; extended support releases of Firefox live for more than one.
            Family::Chromium => (CURRENT.chromium, 30),
            Family::Firefox => (CURRENT.firefox, 30),
            // One major version a year since 2025; before, Safari counted 15 to 18 and then 26.
            Family::Safari => (CURRENT.safari, 10),
        };
        self.version.0 + behind < current
    }
}

/// Whether a user agent is another app's own view of the web: Android's WebView says so (Android developers, "User-agent
/// strings"); on iOS such views lack Safari's name; some apps add theirs.
#[must_use]
pub fn is_in_app(user_agent: &str) -> bool {
    let on_ios = ["(iPhone;", "(iPad;", "(iPod"]
        .iter()
        .any(|name| user_agent.contains(name));
    user_agent.contains("; wv)")
        || (on_ios && user_agent.contains("AppleWebKit/") && !user_agent.contains(" Safari/"))
        || APPS.iter().any(|name| user_agent.contains(name))
}

/// What apps add to the name of their own view.
const APPS: [&str; 8] = [
    "FBAN/",
    "FBAV/",
    "FB_IAB/",
    "Instagram ",
    " Line/",
    "MicroMessenger/",
    " GSA/",
    "LinkedInApp",
];

/// The newest major versions.
struct Current {
    chromium: u16,
    firefox: u16,
    safari: u16,
}

/// As of November 2026 (newest majors in the intoli `user-agents` sample 2.1.198 of that month).
const CURRENT: Current = Current {
    chromium: 154,
    firefox: 154,
    safari: 26,
};

#[cfg(test)]
mod tests {
    use super::*;

    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

    fn family(agent: &str) -> Option<(Family, u16)> {
        Browser::of(agent).map(|browser| (browser.family, browser.version.0))
    }

    #[test]
    fn a_browser_is_told_by_its_name() {
        assert_eq!(family(CHROME), Some((Family::Chromium, 142)));
        assert_eq!(
            family("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            Some((Family::Firefox, 140))
        );
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.5 Mobile/15E148 Safari/604.1";
        assert_eq!(family(safari), Some((Family::Safari, 18)));
        for other in ["", "curl/8", "Chrome/142", "Lynx/2.9", "Mozilla/5.0 (X11) Chrome/x"] {
            assert_eq!(family(other), None, "{other}");
        }
    }

    #[test]
    fn another_app_s_view_is_told_from_a_browser() {
        let in_app: Vec<_> = crate::visit::USER_AGENTS_OF_PEOPLE
            .into_iter()
            .filter(|agent| is_in_app(agent))
            .collect();
        assert_eq!(in_app.len(), 2, "{in_app:?}");
        assert!(in_app[0].contains("iPhone") && in_app[1].contains("; wv)"));
        for app in [
            "[FBAN/FBIOS;FBAV/480.0]",
            "Instagram 300.0.0 (iPhone14,2)",
            "GSA/330.0 Mobile/15E148 Safari/604.1",
        ] {
            assert!(
                is_in_app(&format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7) AppleWebKit/605.1.15 {app}"
                )),
                "{app}"
            );
        }
    }

    #[test]
    fn no_ordinary_browser_is_old_and_all_send_fetch_metadata() {
        for agent in crate::visit::USER_AGENTS_OF_PEOPLE {
            if let Some(browser) = Browser::of(agent) {
                assert!(!browser.is_old(), "{agent}");
            }
        }
        let old = Browser::of("Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/79.0.1 Safari/537.36")
            .unwrap();
        assert!(old.is_old() && !old.sends_fetch_metadata());
    }
}
