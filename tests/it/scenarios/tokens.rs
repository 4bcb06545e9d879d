//! Tokens that tell when they were issued.

use data_encoding::BASE64URL_NOPAD;
use linklatch::time::Timestamp;

/// A JSON Web Token.
pub(super) fn jwt(issued: Timestamp) -> String {
    let claims = format!("{{\"jti\":\"{}\",\"iat\":{}}}", random(), issued.as_millis() / 1000);
    let parts = ["{\"alg\":\"HS256\"}", &claims, &random()].map(|part| BASE64URL_NOPAD.encode(part.as_bytes()));
    parts.join(".")
}

/// A UUID version 7.
pub(super) fn uuid_v7(issued: Timestamp) -> String {
    let digits = random();
    let (millis, tail) = (format!("{:012x}", issued.as_millis()), &digits[..18]);
    let (time, rest) = millis.split_at(8);
    format!("{time}-{rest}-7{}-8{}-{}", &tail[..3], &tail[3..6], &tail[6..])
}

/// Twenty-four hexadecimal digits.
fn random() -> String {
    let mut bytes = [0; 12];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    data_encoding::HEXLOWER.encode(&bytes)
}
