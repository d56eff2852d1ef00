//! What is what on a page, for whoever does not see it: headings, lists, tables, figures.

use std::num::NonZeroU16;

use krilla::tagging::{
    Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};

/// What a part of the page is.
pub(super) enum Kind {
    /// The whole page.
    Page,
    /// A heading of the first or second rank, and its words.
    Heading(u16, String),
    Paragraph,
    /// Labelled values: items with a label and a value each.
    List,
    Item,
    Label,
    Value,
    Table,
    Row,
    /// The head of a column.
    ColumnHead,
    /// The head of a row.
    RowHead,
    Cell,
    /// A picture, and what it shows in words.
    Figure(String),
    Caption,
}

/// A part of the page with what is inside it.
pub(super) struct Part {
    kind: Kind,
    inside: Vec<Inside>,
}

enum Inside {
    Part(Part),
    /// Something drawn, by its place in the drawing.
    Mark(usize),
}

/// Something drawn.
pub(super) struct Drawn {
    pub(super) identifier: Identifier,
    /// What it says, where that does not follow from its glyphs one by one.
    pub(super) said: Option<Said>,
}

/// Words in a language.
pub(super) struct Said {
    pub(super) language: &'static str,
    pub(super) words: String,
}

impl From<Drawn> for Node {
    fn from(drawn: Drawn) -> Self {
        let Some(Said { language, words }) = drawn.said else { return drawn.identifier.into() };
        let span = Tag::Span.with_lang(Some(language.to_owned())).with_actual_text(Some(words));
        TagGroup::with_children(span, vec![drawn.identifier.into()]).into()
    }
}

impl Part {
    pub(super) const fn new(kind: Kind) -> Self {
        Self { kind, inside: Vec::new() }
    }

    pub(super) fn hold_part(&mut self, part: Self) {
        self.inside.push(Inside::Part(part));
    }

    pub(super) fn hold_mark(&mut self, place: usize) {
        self.inside.push(Inside::Mark(place));
    }

    /// The page's parts, once it is drawn; each mark has what drawing it gave.
    pub(super) fn tree(self, language: &str, drawn: &mut [Vec<Drawn>]) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
        for node in self.nodes(drawn) {
            tree.push(node);
        }
        tree
    }

    fn nodes(self, drawn: &mut [Vec<Drawn>]) -> Vec<Node> {
        let mut nodes = Vec::with_capacity(self.inside.len());
        for inside in self.inside {
            match inside {
                Inside::Part(part) => {
                    let tag = tag(&part.kind);
                    nodes.push(TagGroup::with_children(tag, part.nodes(drawn)).into());
                }
                Inside::Mark(place) => nodes.extend(drawn[place].drain(..).map(Node::from)),
            }
        }
        nodes
    }
}

fn tag(kind: &Kind) -> TagKind {
    match kind {
        Kind::Page => Tag::Section.into(),
        Kind::Heading(rank, words) => {
            let rank = NonZeroU16::new(*rank).unwrap_or(NonZeroU16::MIN);
            Tag::Hn(rank, Some(words.clone())).into()
        }
        Kind::Paragraph => Tag::P.into(),
        Kind::List => Tag::L(ListNumbering::None).into(),
        Kind::Item => Tag::LI.into(),
        Kind::Label => Tag::Lbl.into(),
        Kind::Value => Tag::LBody.into(),
        Kind::Table => Tag::Table.into(),
        Kind::Row => Tag::TR.into(),
        Kind::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
        Kind::RowHead => Tag::TH(TableHeaderScope::Row).into(),
        Kind::Cell => Tag::TD.into(),
        Kind::Figure(shown) => Tag::Figure(Some(shown.clone())).into(),
        Kind::Caption => Tag::Caption.into(),
    }
}
