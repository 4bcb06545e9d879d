//! Which certificate is shown, and which files replace which.

use super::*;
use crate::server::testing::{Pair, names_in};
use crate::server::tls::provider;

fn served(certificates: &Certificates, name: Option<&str>) -> Vec<String> {
    names_in(certificates.by_name(name).unwrap().end_entity_cert().unwrap())
}

fn load_all(pairs: &[&Pair]) -> Result<Certificates, CertificateError> {
    let files: Vec<_> = pairs.iter().map(|pair| pair.files.clone()).collect();
    Certificates::load(&files, provider(), Clock::System)
}

#[test]
fn the_name_chooses_and_a_literal_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let first = Pair::new(folder.path(), "first", &["first.example"]);
    let wild = Pair::new(folder.path(), "wild", &["*.a.example"]);
    let literal = Pair::new(folder.path(), "literal", &["auth.a.example"]);
    let certificates = load_all(&[&first, &wild, &literal]).unwrap();
    let cases = [
        (Some("first.example"), "first.example"),
        (Some("auth.a.example"), "auth.a.example"),
        (Some("AUTH.a.example"), "auth.a.example"),
        (Some("other.a.example"), "*.a.example"),
        (Some("deep.other.a.example"), "first.example"),
        (Some("a.example"), "first.example"),
        (Some("unknown.example"), "first.example"),
        (None, "first.example"),
    ];
    for (name, expected) in cases {
        assert_eq!(served(&certificates, name), [expected], "{name:?}");
    }
}

#[test]
fn changed_files_are_taken_and_broken_ones_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::new(folder.path(), "site", &["old.example"]);
    let certificates = load_all(&[&pair]).unwrap();
    let other = Pair::new(folder.path(), "other", &["new.example"]);

    std::fs::copy(&other.files.certificate, &pair.files.certificate).unwrap();
    certificates.refresh();
    assert_eq!(
        served(&certificates, None),
        ["old.example"],
        "a certificate without its key"
    );

    std::fs::copy(&other.files.key, &pair.files.key).unwrap();
    certificates.refresh();
    assert_eq!(served(&certificates, None), ["new.example"]);

    for broken in ["", "-----BEGIN CERTIFICATE-----\nAAAA", "no pem"] {
        std::fs::write(&pair.files.certificate, broken).unwrap();
        certificates.refresh();
        assert_eq!(served(&certificates, None), ["new.example"], "{broken:?}");
    }
    std::fs::remove_file(&pair.files.certificate).unwrap();
    certificates.refresh();
    assert_eq!(served(&certificates, None), ["new.example"]);
}

/// From `start` to `end`, in days after the clock's first instant.
fn dated(folder: &Path, stem: &str, name: &str, (start, end): (i64, i64)) -> CertificateFiles {
    let day = |days: i64| {
        let date = Timestamp::from_millis(NOW + days * 86_400_000).date();
        rcgen::date_time_ymd(
            date.year().into(),
            date.month().cast_unsigned(),
            date.day().cast_unsigned(),
        )
    };
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    (params.not_before, params.not_after) = (day(start), day(end));
    let secret = rcgen::KeyPair::generate().unwrap();
    let (certificate, key) = (folder.join(format!("{stem}.crt")), folder.join(format!("{stem}.key")));
    std::fs::write(&certificate, params.self_signed(&secret).unwrap().pem()).unwrap();
    std::fs::write(&key, secret.serialize_pem()).unwrap();
    CertificateFiles { certificate, key }
}

/// Midnight, as certificates' dates are here.
const NOW: i64 = 1_790_035_200_000;

#[test]
fn what_clients_refuse_never_replaces_what_they_accept() {
    let folder = tempfile::tempdir().unwrap();
    let dates = [
        ("good", (-1, 90)),
        ("ended", (-90, -1)),
        ("early", (1, 90)),
        ("brief", (-1, 1)),
    ];
    for (old, old_dates) in dates {
        for (new, new_dates) in dates {
            let files = dated(folder.path(), "site", "old.example", old_dates);
            let clock = Clock::manual(Timestamp::from_millis(NOW));
            let certificates = Certificates::load(std::slice::from_ref(&files), provider(), clock).unwrap();
            dated(folder.path(), "site", "new.example", new_dates);
            certificates.refresh();
            let accepted = |name: &str| ["good", "brief"].contains(&name);
            let expected = if accepted(old) && !accepted(new) {
                "old.example"
            } else {
                "new.example"
            };
            assert_eq!(served(&certificates, None), [expected], "{old} then {new}");
        }
    }
}

#[test]
fn the_end_is_announced_three_weeks_and_one_week_before_it_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let files = dated(folder.path(), "site", "old.example", (-1, 30));
    let clock = Clock::manual(Timestamp::from_millis(NOW));
    let certificates = Certificates::load(&[files], provider(), clock.clone()).unwrap();
    let mut days = Vec::new();
    for day in 0..40 {
        for (_, _, reminder) in certificates.reminders() {
            days.push((day, reminder));
        }
        assert!(certificates.reminders().is_empty());
        clock.advance(DAY);
    }
    assert_eq!(
        days,
        [(9, Reminder::Weeks), (23, Reminder::Days), (31, Reminder::Ended)]
    );
    dated(folder.path(), "site", "new.example", (0, 90));
    certificates.refresh();
    assert!(certificates.reminders().is_empty());
    let files = dated(folder.path(), "early", "old.example", (50, 90));
    let early = Certificates::load(&[files], provider(), Clock::manual(Timestamp::from_millis(NOW))).unwrap();
    assert_eq!(*early.said.lock().unwrap(), [Some(Reminder::Early)]);
}

#[cfg(unix)]
#[tokio::test]
async fn the_watcher_sees_a_folder_swapped_by_its_link() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two, link) = (
        folder.path().join("1"),
        folder.path().join("2"),
        folder.path().join("now"),
    );
    for (path, name) in [(&one, "old.example"), (&two, "new.example")] {
        std::fs::create_dir(path).unwrap();
        Pair::new(path, "tls", &[name]);
    }
    std::os::unix::fs::symlink(&one, &link).unwrap();
    let files = CertificateFiles {
        certificate: link.join("tls.crt"),
        key: link.join("tls.key"),
    };
    let certificates = Arc::new(Certificates::load(&[files], provider(), Clock::System).unwrap());
    let tasks = Tasks::default();
    tasks.spawn(Arc::clone(&certificates).watch(Duration::from_millis(5), tasks.clone()));

    let fresh = folder.path().join("fresh");
    std::os::unix::fs::symlink(&two, &fresh).unwrap();
    std::fs::rename(&fresh, &link).unwrap();
    while served(&certificates, None) != ["new.example"] {
        tokio::task::yield_now().await;
    }
    tasks.stop();
    assert_eq!(tasks.drain(Duration::from_secs(60)).await, 0);
}

#[test]
fn errors_name_the_file_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let good = Pair::new(folder.path(), "good", &["a.example"]);
    let other = Pair::new(folder.path(), "other", &["b.example"]);
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let key_text = String::from_utf8(read(&good.files.key).unwrap()).unwrap();
    let key_line = key_text.lines().nth(1).unwrap().to_owned();
    let cut = write("cut.key", &key_text[..key_text.len() / 2]);
    let empty = write("empty.pem", "");
    let junk = write(
        "junk.crt",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    let (certificate, key) = (&good.files.certificate, &good.files.key);
    let cases = [
        (&folder.path().join("gone.crt"), key, "gone.crt"),
        (&empty, key, "no certificate"),
        (&junk, key, "junk.crt holds a certificate that cannot be used"),
        (certificate, &empty, "no usable private key"),
        (certificate, certificate, "no usable private key"),
        (certificate, &cut, "cut.key is not valid PEM"),
        (certificate, &other.files.key, "does not belong"),
    ];
    for (certificate, key, expected) in cases {
        let files = CertificateFiles {
            certificate: certificate.clone(),
            key: key.clone(),
        };
        let error = Certificates::load(&[files], provider(), Clock::System)
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
        assert!(
            error.contains(';') || error.contains("check that"),
            "no remedy: {error}"
        );
        assert!(!error.contains(&key_line), "shows the key");
    }
}
