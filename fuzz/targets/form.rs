//! The confirmation form: fields are those that another reader finds, and what is logged of them reads back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use linklatch::gate::evidence::{DECOY_FIELD, EVIDENCE_FIELD, Report};
use linklatch::gate::{
    CODE_FIELD, LANGUAGE_FIELD, STEP_FIELD, Step, TICKET_FIELD, Typed, code_of, evidence_of, has_ticket, language_of,
    step_of, ticket_of,
};

fuzz_target!(|form: &[u8]| {
    let (ticket, language, step) = (ticket_of(form), language_of(form), step_of(form));
    let (evidence, code) = (evidence_of(form), code_of(form));
    assert!(
        ticket.is_none() || has_ticket(form),
        "a ticket that a look at the body overlooks"
    );
    for text in [&ticket, &language].into_iter().flatten() {
        // What is no UTF-8 is replaced, by three bytes each.
        assert!(text.len() <= 3 * form.len());
    }
    if let Some(report) = evidence.report {
        let written = report.to_string();
        assert!(written.len() < 256, "{written:?} is long");
        assert_eq!(Report::read(&written), Some(report));
    }
    if let Typed::Digits(digits) = code {
        let typed = digits.to_string();
        assert!((1..=8).contains(&typed.len()) && typed.bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(Typed::read(&typed), code);
        assert_eq!(Typed::read(&digits.spaced()), code);
    }
    if std::str::from_utf8(form).is_err() {
        assert!(ticket.is_none() && language.is_none() && code == Typed::Nothing);
        return;
    }
    assert_eq!(ticket, only(values(form, TICKET_FIELD)));
    assert_eq!(language, values(form, LANGUAGE_FIELD).pop());
    let both = values(form, STEP_FIELD).iter().any(|step| step == "press_and_code");
    assert_eq!(step == Step::PressAndCode, both);
    assert_eq!(
        evidence.decoy,
        values(form, DECOY_FIELD).iter().any(|value| !value.is_empty())
    );
    let report = only(values(form, EVIDENCE_FIELD)).and_then(|text| Report::read(&text));
    assert_eq!(evidence.report, report);
    match values(form, CODE_FIELD).as_slice() {
        [] => assert_eq!(code, Typed::Nothing),
        [text] => assert_eq!(code, Typed::read(text)),
        _ => assert_eq!(code, Typed::Other),
    }
});

fn only(mut values: Vec<String>) -> Option<String> {
    values.pop().filter(|_| values.is_empty())
}

/// A field's values as WHATWG's parser reads them; a pair without `=` is none here.
fn values(form: &[u8], field: &str) -> Vec<String> {
    form.split(|byte| *byte == b'&')
        .filter(|pair| pair.contains(&b'='))
        .flat_map(form_urlencoded::parse)
        .filter(|(name, _)| name == field)
        .map(|(_, value)| value.into_owned())
        .collect()
}
