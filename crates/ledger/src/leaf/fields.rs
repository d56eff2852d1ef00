//! The canonical bytes of what leaves commit to: a list of fields in a fixed order, each led by its
//! length. JSON in canonical form would need rules for numbers, escapes and the order of names in
//! every language that checks a leaf; this is a loop of four lines in any of them, and two
//! different entries cannot have the same bytes.

/// The most bytes of one text.
pub(super) const MOST_TEXT: usize = 200;

/// Writes fields.
///
/// # Shape
///
/// For each field its length (2 bytes, big-endian) and its bytes.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// Begins with the name and version of what follows.
    pub(super) fn new(tag: &str) -> Self {
        Self(Vec::new()).bytes(tag.as_bytes())
    }

    pub(super) fn bytes(mut self, field: &[u8]) -> Self {
        let length = u16::try_from(field.len()).expect("fields are far shorter than 64 kB");
        self.0.extend(length.to_be_bytes());
        self.0.extend(field);
        self
    }

    /// A number: 8 bytes, big-endian.
    pub(super) fn number(self, number: u64) -> Self {
        self.bytes(&number.to_be_bytes())
    }

    /// A text that may be shown as it is; none if it is too long or has control characters.
    pub(super) fn text(self, text: &str) -> Option<Self> {
        is_text(text).then(|| self.bytes(text.as_bytes()))
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

fn is_text(text: &str) -> bool {
    text.len() <= MOST_TEXT && !text.contains(char::is_control)
}

/// A field has neither no bytes nor as many as it should.
pub(super) struct OtherLength;

/// Reads fields.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// What follows a tag; none if it is another one.
    pub(super) fn new(bytes: &'a [u8], tag: &str) -> Option<Self> {
        let mut reader = Self(bytes);
        (reader.bytes()? == tag.as_bytes()).then_some(reader)
    }

    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk::<2>()?;
        let (field, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        self.0 = rest;
        Some(field)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes()?.try_into().ok()
    }

    /// An array, or nothing where the field is empty.
    pub(super) fn maybe<const N: usize>(&mut self) -> Result<Option<[u8; N]>, OtherLength> {
        match self.bytes().ok_or(OtherLength)? {
            [] => Ok(None),
            field => field.try_into().map(Some).map_err(|_| OtherLength),
        }
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        let text = str::from_utf8(self.bytes()?).ok()?;
        is_text(text).then(|| text.to_owned())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
