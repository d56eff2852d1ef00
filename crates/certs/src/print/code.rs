//! Signed codes on a page and in what its file says of itself.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::Code;
use crate::{
    qr::{Modules, modules, modules_of_bytes},
    read::Payload,
};

/// Printed at most: more would be too small to be read from paper.
const MOST_CODES: usize = 2;
/// What is longer fits into no QR code, and is not kept in the file either. Source: ISO/IEC 18004,
/// table 7: 4,296 characters in the largest.
const MOST_KEPT: usize = 4_296;
/// A code that can be printed.
pub(super) struct Printed<'a> {
    pub(super) modules: Modules,
    pub(super) caption: &'a str,
}

/// Those codes that can be printed, in order.
pub(super) fn printed<'a>(codes: &[Code<'a>]) -> Vec<Printed<'a>> {
    let printed = |code: &Code<'a>| {
        let modules = match &code.payload {
            Payload::Text(text) => modules(text),
            Payload::Bytes(bytes) => modules_of_bytes(bytes),
        };
        modules.map(|modules| Printed { modules, caption: code.caption })
    };
    codes.iter().filter_map(printed).take(MOST_CODES).collect()
}

/// The codes as the file keeps them, so that it can be checked without looking at it as a picture.
///
/// # Shape
///
/// Texts of those forms that [`crate::read::payloads`] knows by their beginning as they are; all
/// else as `data:` address, because a description would have to write some of its signs
/// differently.
pub(super) fn keywords(codes: &[Code<'_>]) -> Vec<String> {
    let keyword = |code: &Code<'_>| match &code.payload {
        Payload::Text(text) if text.len() > MOST_KEPT => None,
        Payload::Text(text) if is_plain(text) => Some(text.clone()),
        Payload::Text(text) => {
            Some(format!("data:application/json;base64,{}", STANDARD.encode(text)))
        }
        Payload::Bytes(bytes) if bytes.len() > MOST_KEPT => None,
        Payload::Bytes(bytes) => {
            Some(format!("data:application/zip;base64,{}", STANDARD.encode(bytes)))
        }
    };
    codes.iter().filter_map(keyword).take(MOST_CODES).collect()
}

fn is_plain(text: &str) -> bool {
    let begins = ["HC1:", "shc:/", "eyJ"].iter().any(|begin| text.starts_with(begin));
    begins && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic() && byte != b',')
}
