use super::*;
use crate::visit::VisitBuf;

const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const ANDROID: &str =
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const WEBKIT: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";
const LYNX: &str = "Lynx/2.9.0 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/3.0.9";

fn weighed(agent: &str, user: bool, report: &str) -> Weighed {
    let mut visit = VisitBuf::ordinary();
    visit.set("user-agent", agent);
    if user {
        visit.set("sec-fetch-user", "?1");
    }
    let evidence = Evidence {
        report: Report::read(report),
        decoy: false,
    };
    Doubts::default().weigh(&visit.as_visit(), &evidence, Recalled::NOTHING)
}

fn names(weighed: &Weighed) -> Vec<&'static str> {
    weighed.doubts.iter().map(|(doubt, _)| doubt.name()).collect()
}

/// Who, user agent, whether `Sec-Fetch-User` comes, and what the script reports.
type Row = (&'static str, &'static str, bool, &'static str);

const PEOPLE: &[Row] = &[
    (
        "mouse",
        CHROME,
        true,
        "1 trusted active mouse focus hover brands moves=22 seen=3000",
    ),
    (
        "keyboard",
        CHROME,
        true,
        "1 trusted active key focus hover brands moves=0 seen=3000",
    ),
    (
        "screen reader",
        CHROME,
        true,
        "1 trusted active mouse focus hover brands moves=0 seen=3000",
    ),
    (
        "mouse",
        FIREFOX,
        true,
        "1 trusted active mouse focus hover moves=15 seen=3000",
    ),
    (
        "screen reader",
        FIREFOX,
        true,
        "1 trusted active hover moves=0 seen=3000",
    ),
    (
        "WebKit",
        WEBKIT,
        false,
        "1 trusted active mouse focus hover moves=7 seen=3000",
    ),
    (
        "WebKit, keyboard",
        WEBKIT,
        false,
        "1 trusted active key focus hover moves=0 seen=3000",
    ),
    (
        "touch",
        ANDROID,
        true,
        "1 trusted active touch focus touchscreen brands moves=0 seen=900",
    ),
    (
        "no mouse, keyboard",
        CHROME,
        true,
        "1 trusted active key focus brands moves=0 seen=900",
    ),
    (
        "old engine",
        "Mozilla/5.0 (X11) Chrome/87.0 Safari/537.36",
        true,
        "1 trusted active mouse hover moves=10 seen=9",
    ),
    (
        "two screens wide",
        CHROME,
        true,
        "1 trusted active mouse focus hover brands oversized moves=9 seen=9",
    ),
];

const MACHINES: &[Row] = &[
    ("form robot", "curl/8", false, ""),
    ("text browser", LYNX, false, ""),
    ("script off", CHROME, true, ""),
    (
        "script's click",
        CHROME,
        false,
        "1 untrusted inactive brands moves=0 seen=9",
    ),
    (
        "evaluated click",
        CHROME,
        true,
        "1 untrusted active oversized brands moves=0 seen=9",
    ),
    ("submitted", CHROME, true, "1 active brands moves=0 seen=9"),
    (
        "teleport",
        CHROME,
        true,
        "1 trusted active mouse focus oversized brands moves=1 seen=9",
    ),
    (
        "human-like path",
        CHROME,
        true,
        "1 trusted active mouse focus oversized brands moves=64 seen=9",
    ),
    (
        "tap without a touch screen",
        CHROME,
        true,
        "1 trusted active touch focus brands moves=0 seen=9",
    ),
    (
        "driven Firefox",
        FIREFOX,
        true,
        "1 trusted active mouse focus hover webdriver moves=15 seen=9",
    ),
    (
        "in disguise",
        FIREFOX,
        true,
        "1 trusted active mouse focus hover brands moves=15 seen=9",
    ),
    (
        "emulated phone",
        ANDROID,
        true,
        "1 trusted active touch focus hover brands webdriver moves=0 seen=9",
    ),
];

#[test]
fn what_people_show_convinces() {
    for (who, agent, user, report) in PEOPLE {
        let weighed = weighed(agent, *user, report);
        assert!(weighed.score < 50, "{who}: {:?}", names(&weighed));
    }
}

#[test]
fn what_machines_show_does_not() {
    for (who, agent, user, report) in MACHINES {
        let weighed = weighed(agent, *user, report);
        assert!(weighed.score >= 50, "{who}: {:?}", names(&weighed));
    }
}

#[test]
fn a_decoy_counts_with_and_without_a_report() {
    for report in [None, Report::read("1 trusted active key focus hover moves=0 seen=9")] {
        let evidence = Evidence { report, decoy: true };
        let weighed = Doubts::default().weigh(&VisitBuf::ordinary().as_visit(), &evidence, Recalled::NOTHING);
        assert!(names(&weighed).contains(&"decoy") && weighed.score >= 100);
    }
}

#[test]
fn a_weight_is_the_configuration_s() {
    let mut doubts = Doubts::default();
    doubts.reweigh(Doubt::NoReport, 0);
    let weighed = doubts.weigh(
        &VisitBuf::ordinary().as_visit(),
        &Evidence::default(),
        Recalled::NOTHING,
    );
    assert_eq!(
        (names(&weighed), weighed.score),
        (vec!["no-report", "no-user-navigation"], 50)
    );
}

#[test]
fn each_stands_at_its_place_under_its_own_name() {
    for (at, doubt) in Doubt::ALL.into_iter().enumerate() {
        assert_eq!(doubt as usize, at);
        assert_eq!(
            Doubt::ALL.iter().filter(|other| other.name() == doubt.name()).count(),
            1
        );
    }
}
