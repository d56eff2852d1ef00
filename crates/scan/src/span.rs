//! A line or a cell, read: its words, its labels, and what they make together.

use crate::{
    Kind,
    context::{Near, What, near},
    detect::{self, Said},
    label::{self, Label, Labels, Mark, Skeleton},
    record::{Draft, Record},
    weak,
    word::{self, Word},
};

/// What is kept from one span to the next, so that nothing is allocated for each.
#[derive(Default)]
pub(crate) struct Reader {
    words: Vec<Word>,
    marks: Vec<Mark>,
    /// What the marks say, together.
    said: Labels,
    skeleton: Skeleton,
}

impl Reader {
    /// Reads `text[start..end]` with the labels in it and puts what it finds into `record`. What
    /// was said before, as in a line above, is `before`.
    pub(crate) fn prose(
        &mut self,
        text: &str,
        span: (usize, usize),
        before: Labels,
        record: &mut Record,
    ) {
        label::find(text, span, &mut self.skeleton, &mut self.marks);
        self.said = label::of(&self.marks);
        record.seen = record.seen.with(self.said);
        word::find(text, span.0, span.1, &mut self.words);
        let from = record.drafts.len();
        let said = Said { column: Labels::NONE, spoken: self.said.with(before) };
        self.numbers((span.0, said), record, |place, since| {
            let mut near = near(&self.marks, self.said, place, since);
            if near.nearest.is_empty() && near.window.is_empty() {
                near.nearest = before;
            }
            near
        });
        self.addresses(text, span, (from, None), record);
        weak::find(text, span, &self.marks, record);
        weak::leading(text, span, &self.marks, record);
        self.amounts(text, from, record);
    }

    /// Numbers side by side, with nobody named, are the amounts of an account: one of them that
    /// looks like a mobile is one by chance.
    fn amounts(&self, text: &str, from: usize, record: &mut Record) {
        let drafts = &mut record.drafts[from..];
        if drafts.iter().any(|draft| draft.kind == Kind::Name) {
            return;
        }
        let long = |word: &Word| word.is_number() && word.digits >= 8;
        let plain = |draft: &&mut Draft| draft.kind == Kind::Mobile && !draft.labelled;
        for draft in drafts.iter_mut().filter(plain) {
            let same = |word: &Word| (word.start, word.end) == (draft.start, draft.end);
            let Some(at) = self.words.iter().position(same) else { continue };
            let beside = |one: &Word, next: &Word| {
                let joined = next.joint != 0 || word::has_short(&text[one.end..next.start]);
                !joined && long(one) && long(next)
            };
            let [before, after] = [at.saturating_sub(1), at]
                .map(|first| matches!(&self.words[first..], [one, next, ..] if beside(one, next)));
            if self.words[at].digits == 10 && (before || after) {
                draft.percent = draft.percent.saturating_sub(25);
            }
        }
    }

    /// Reads a cell whose column says what stands in it.
    pub(crate) fn cell(
        &mut self,
        text: &str,
        span: (usize, usize),
        near: Near,
        record: &mut Record,
    ) {
        self.marks.clear();
        self.said = Labels::NONE;
        word::find(text, span.0, span.1, &mut self.words);
        let from = record.drafts.len();
        let said = Said { column: near.nearest, spoken: near.nearest };
        self.numbers((span.0, said), record, |_, _| near);
        self.addresses(text, span, (from, Some(near)), record);
    }

    /// What the first thing in a cell is by its shape alone.
    pub(crate) fn shape(&mut self, text: &str, (start, end): (usize, usize)) -> Option<Kind> {
        word::find(text, start, end, &mut self.words);
        if self.words.is_empty() {
            return None;
        }
        let (shape, weight) = detect::best(&self.words, 0, Said::default(), |_| Near::default())?;
        match shape.what {
            What::Is(kind) if weight.percent >= 30 => Some(kind),
            _ => None,
        }
    }

    /// The labels in a cell.
    pub(crate) fn labels(&mut self, text: &str, span: (usize, usize)) -> &[Mark] {
        label::find(text, span, &mut self.skeleton, &mut self.marks);
        &self.marks
    }

    fn numbers(
        &self,
        (start, said): (usize, Said),
        record: &mut Record,
        near: impl Fn((usize, usize), usize) -> Near,
    ) {
        let words = &self.words;
        let mut since = start;
        let mut last: Option<(Kind, Near)> = None;
        let mut at = 0;
        while at < words.len() {
            let from = words[at].start;
            let around = |count: usize| {
                let found = near((from, words[at + count - 1].end), since);
                match last {
                    // `Mobile: 98290 11223, 98290 11224`.
                    Some((_, said)) if found.window.is_empty() && from - since <= 5 => said,
                    _ => found,
                }
            };
            let Some((shape, weight)) = detect::best(words, at, said, around) else {
                at += 1;
                continue;
            };
            let end = words[at + shape.words - 1].end;
            match shape.what {
                What::Is(kind) => {
                    let start = from - usize::from(words[at].plus);
                    let draft = Draft::new(kind, (start, end), weight);
                    record.drafts.push(if shape.masked { draft.masked() } else { draft });
                    if weight.percent >= 30 {
                        last = Some((kind, around(shape.words)));
                        since = end;
                    }
                }
                What::Ifsc => record.seen.add(Label::Ifsc),
                What::Nothing => {}
            }
            at += shape.words;
        }
    }

    /// What has an at sign. Its digits are no number by themselves, of those drafts that are of
    /// this span: from `first` on.
    fn addresses(
        &self,
        text: &str,
        (start, end): (usize, usize),
        (first, column): (usize, Option<Near>),
        record: &mut Record,
    ) {
        for place in memchr::memchr_iter(b'@', &text.as_bytes()[start..end]) {
            let Some(found) = detect::email::find(text, start + place, (start, end)) else {
                continue;
            };
            let place = (found.start, found.end);
            let near = column.unwrap_or_else(|| near(&self.marks, self.said, place, start));
            let weight = crate::context::weigh(&found.shape, &near);
            if let What::Is(kind) = found.shape.what {
                let mut kept = first;
                for at in first..record.drafts.len() {
                    let draft = record.drafts[at];
                    if draft.end <= place.0 || draft.start >= place.1 {
                        record.drafts[kept] = draft;
                        kept += 1;
                    }
                }
                record.drafts.truncate(kept);
                record.drafts.push(Draft::new(kind, place, weight));
            }
        }
    }
}
