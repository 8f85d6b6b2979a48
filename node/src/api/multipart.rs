//! Forms with files (`multipart/form-data`, RFC 7578), as browsers send them without a script.

use super::problem::{Answer, Problem};
use axum::body::Bytes;
use axum::http::{HeaderMap, header};

/// Most parts of a form: more than any page here has.
const PARTS_MAX: usize = 64;
/// Longest head of a part in bytes: its name and that of its file.
const HEAD_BYTES_MAX: usize = 4 * 1024;

/// One control of a form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// The control's name.
    pub name: String,
    /// What the file is called on the visitor's machine; empty where no file was chosen, `None` of another control.
    pub file: Option<String>,
    /// What was sent.
    pub body: Bytes,
}

/// The parts of a form.
///
/// # Errors
/// 415 for another form of request, 400 for one that is broken.
pub fn parts(headers: &HeaderMap, body: &Bytes) -> Answer<Vec<Part>> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = boundary(kind).ok_or_else(|| {
        Problem::unreadable(axum::http::StatusCode::UNSUPPORTED_MEDIA_TYPE, "a form with a file is multipart/form-data")
    })?;
    let broken = || Problem::bad_request("the form did not arrive whole");
    let (first, between) = (format!("--{boundary}"), format!("\r\n--{boundary}"));
    let mut at = find(body, first.as_bytes(), 0).ok_or_else(broken)? + first.len();
    let mut out = Vec::new();
    loop {
        match body.get(at..at + 2) {
            Some(b"--") => return Ok(out),
            Some(b"\r\n") => at += 2,
            _ => return Err(broken()),
        }
        let head_end = find(body, b"\r\n\r\n", at).filter(|end| end - at <= HEAD_BYTES_MAX).ok_or_else(broken)?;
        let end = find(body, between.as_bytes(), head_end + 2).ok_or_else(broken)?;
        let from = head_end + 4;
        // Of an empty part, the line break before its end is the one behind its head.
        let content = if from <= end { body.slice(from..end) } else { Bytes::new() };
        let head = body.get(at..head_end).map(String::from_utf8_lossy).unwrap_or_default();
        out.push(Part {
            name: parameter(&head, "name").ok_or_else(broken)?,
            file: parameter(&head, "filename"),
            body: content,
        });
        if out.len() > PARTS_MAX {
            return Err(broken());
        }
        at = end + between.len();
    }
}

fn boundary(kind: &str) -> Option<&str> {
    let (kind, parameters) = kind.split_once(';')?;
    let given = parameters.split(';').find_map(|one| one.trim().strip_prefix("boundary="))?.trim_matches('"');
    (kind.trim().eq_ignore_ascii_case("multipart/form-data") && (1..=70).contains(&given.len())).then_some(given)
}

fn find(body: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let first = wanted.first()?;
    let mut at = from;
    loop {
        at += body.get(at..)?.iter().position(|byte| byte == first)?;
        if body.get(at..)?.starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
}

/// A parameter of `Content-Disposition`; browsers write quotation marks in it as `%22`.
fn parameter(head: &str, name: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let after = line.split_once(&format!("; {name}=\""))?.1;
    Some(after.split_once('"')?.0.replace("%22", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &'static [u8]) -> Answer<Vec<Part>> {
        let headers =
            HeaderMap::from_iter([(header::CONTENT_TYPE, "multipart/form-data; boundary=XX".parse().unwrap())]);
        parts(&headers, &Bytes::from_static(body))
    }

    #[test]
    fn reads_what_browsers_send() {
        let body = b"--XX\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\n\r\n--XX\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a %22b%22.csv\"\r\nContent-Type: text/csv\r\n\r\n\
            name\r\n--X\r\n\r\n--XX--\r\n";
        let parts = read(body).unwrap();
        assert_eq!(
            (parts[0].name.as_str(), &parts[0].file, parts[0].body.len()),
            ("kind", &None, 0),
            "an empty control"
        );
        assert_eq!(parts[1].file.as_deref(), Some("a \"b\".csv"), "the file's name");
        assert_eq!(&parts[1].body[..], b"name\r\n--X\r\n", "its bytes, what looks like an end included");
    }

    #[test]
    fn what_is_broken_is_refused() {
        let bodies: [&[u8]; 5] = [
            b"",
            b"--XX",
            b"--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
            b"--XX\r\n\r\n\r\nx\r\n--XX--",
            b"--XXno",
        ];
        for body in bodies {
            assert!(read(body).is_err(), "{:?} is no form", String::from_utf8_lossy(body));
        }
        let plain = HeaderMap::from_iter([(header::CONTENT_TYPE, "text/plain".parse().unwrap())]);
        assert_eq!(parts(&plain, &Bytes::new()).unwrap_err().status.as_u16(), 415, "another form of request");
    }
}
