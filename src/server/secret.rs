//! Random secrets, their hashes, and their text. Only hashes are stored: who reads the database can neither sign in
//! nor enrol.

use super::ServerError;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes of an installation's secret and of a session's token.
pub const SECRET_BYTES: usize = 32;
/// Digits of an enrolment code: short enough to read out, bounded in tries and time.
pub const CODE_DIGITS: usize = 6;

pub fn random<const N: usize>() -> Result<[u8; N], ServerError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

pub fn hash(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// Compares without telling by the time taken where the two differ.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of a secret or token written as 64 hexadecimal digits; `None` for anything else.
pub fn hash_of_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 2 * SECRET_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let bytes: Result<Vec<u8>, _> =
        (0..SECRET_BYTES).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16)).collect();
    bytes.ok().map(|bytes| hash(&bytes))
}

/// Six digits, each code as likely as another.
pub fn code() -> Result<String, ServerError> {
    const CODES: u32 = 10u32.pow(CODE_DIGITS as u32);
    loop {
        let drawn = u32::from_le_bytes(random()?);
        // The uneven rest of the range would make small codes likelier.
        if drawn < u32::MAX - u32::MAX % CODES {
            return Ok(format!("{:0CODE_DIGITS$}", drawn % CODES));
        }
    }
}

/// The hash of an enrolment code as a person typed it: spaces do not count.
pub fn hash_of_code(typed: &str) -> Option<Vec<u8>> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).take(CODE_DIGITS + 1).collect();
    let fits = digits.len() == CODE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| hash(digits.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_64_hexadecimal_digits() {
        let secret = random::<SECRET_BYTES>().unwrap();
        assert_eq!(hash_of_hex(&to_hex(&secret)), Some(hash(&secret)));
        for wrong in ["", "00", &"g".repeat(64), &"é".repeat(32), &"0".repeat(63), &"0".repeat(66)] {
            assert_eq!(hash_of_hex(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn codes_are_six_digits_and_may_be_typed_with_spaces() {
        let code = code().unwrap();
        assert_eq!(code.len(), 6);
        assert_eq!(hash_of_code(&format!(" {} {} ", &code[..3], &code[3..])), hash_of_code(&code));
        for wrong in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"] {
            assert_eq!(hash_of_code(wrong), None, "{wrong}");
        }
    }
}
