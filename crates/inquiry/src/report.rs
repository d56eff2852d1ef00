//! What is said of a finding: in plain words to who asked, in full to who checks, and in public. The
//! statement for the public names nobody, no account and no facility.

use std::fmt::Write;

use crate::{
    claim::Claim,
    inquire::Finding,
    model::Origin,
    verdict::{Held, Verdict},
};

/// What stands at the head of a case.
#[derive(Clone, Debug)]
pub struct Head {
    /// The digest of what was shown, SHA-256 in hex.
    pub evidence: String,
    /// When it was first seen, as an instant in text.
    pub seen_at: String,
    /// Who inquires, as certificates name the issuer.
    pub issuer: String,
}

/// A sentence for a verdict.
pub fn sentence(verdict: &Verdict) -> String {
    match verdict {
        Verdict::One { origin } => one(*origin).to_owned(),
        Verdict::Mixture { origins } => {
            let parts: Vec<_> = origins.iter().map(|origin| words(*origin)).collect();
            match parts[..] {
                [first, second] => format!(
                    "The records are of two origins: one part is {first}, the other {second}."
                ),
                _ => format!(
                    "The records are of two origins: one part is {}; whether the other is {} cannot be told.",
                    parts[0],
                    parts[1..].join(" or ")
                ),
            }
        }
        Verdict::Undetermined { between } if between[..] == [Origin::Ours] => {
            "Records of our register are among these. Whether all of them are cannot be told.".to_owned()
        }
        Verdict::Undetermined { .. } if verdict.is_from_us() == Some(true) => {
            "Records that left our hands are among these. Whether they are from our register or from a list that we gave to somebody, and whether all of them are, cannot be told.".to_owned()
        }
        Verdict::Undetermined { .. } if verdict.is_from_us() == Some(false) => {
            "The records are not from us: neither from our register nor from a list that came to us or left us. Whether they are from another system or made up cannot be told.".to_owned()
        }
        Verdict::Undetermined { between } => {
            let each: Vec<_> = between.iter().map(|origin| words(*origin)).collect();
            format!("It cannot be told whose records these are. It remains possible that they come {}.", each.join(", or "))
        }
    }
}

const fn one(origin: Origin) -> &'static str {
    match origin {
        Origin::Ours => "The records are from our register.",
        Origin::Feeder => "The records are from a list that somebody else prepared for us.",
        Origin::Downstream => "The records are from a list that we gave to somebody.",
        Origin::Unrelated => "The records are real people's, and from another system than ours.",
        Origin::Fabricated => "The records are made up.",
    }
}

const fn words(origin: Origin) -> &'static str {
    match origin {
        Origin::Ours => "from our register",
        Origin::Feeder => "from a list prepared for us",
        Origin::Downstream => "from a list that we gave to somebody",
        Origin::Unrelated => "from another system",
        Origin::Fabricated => "from somebody's imagination",
    }
}

/// The statement for the public.
///
/// # Privacy
///
/// Holds no personal data, and names no account, facility or partner.
pub fn statement(head: &Head, finding: &Finding) -> String {
    let mut text = format!(
        "# Statement on an alleged leak\n\nBy {}, on data first seen by us at {}.\n\n",
        head.issuer, head.seen_at
    );
    let _ = writeln!(text, "{}", sentence(&finding.verdict));
    let counts = finding.counts;
    if finding.held.is_empty() {
        let _ = writeln!(
            text,
            "This is {} (probability {:.4}), and stays so under every assumption that we tried.",
            finding.scale.as_str(),
            finding.probability
        );
    }
    let _ = writeln!(
        text,
        "\nWe were shown {} records.\nWe compared {} of them in full with our register of {} people; {} are about people who are registered.\n\
         That somebody is registered says little, as most people are: what decides are values that only we could have.",
        counts.rows, counts.compared, counts.register, counts.found
    );
    not_read(&mut text, finding);
    shares(&mut text, finding);
    reasons(&mut text, &finding.held);
    power(&mut text, finding);
    let _ = writeln!(
        text,
        "\nThat a list has columns which we do not collect, or lacks some that we do, decided nothing: columns can be joined on and left out.\n\
         To compare, we opened the records of {} people; each of them can see that in their list of accesses.\n\
         What this cannot tell: copies that were made past the register and changed in every value.\n\
         Whoever has access to the same register can derive this finding again, bit for bit, from the evidence with the SHA-256 digest\n`{}`.",
        counts.opened, head.evidence
    );
    text
}

fn shares(text: &mut String, finding: &Finding) {
    if let Verdict::Mixture { .. } = finding.verdict {
        let each = Origin::ALL.iter().zip(finding.shares).filter(|(_, share)| *share >= 0.01);
        let each: Vec<_> = each
            .map(|(origin, share)| format!("{:.0} % {}", share * 100.0, words(*origin)))
            .collect();
        let _ = writeln!(text, "\nShares, as estimated: {}.", each.join(", "));
    }
}

fn not_read(text: &mut String, finding: &Finding) {
    if !finding.not_read.is_empty() {
        let _ = writeln!(
            text,
            "\nParts that were not read: {} ({}). Nothing is said of them.",
            finding.counts.unread,
            finding.not_read.join(", ")
        );
    }
}

/// How small a share of ours would have shown: the power of the comparison.
fn power(text: &mut String, finding: &Finding) {
    if finding.verdict.is_from_us() == Some(true) {
        return;
    }
    let _ = match finding.excluded {
        Some(share) => writeln!(
            text,
            "\nPower: if {:.0} % of the records or more were from us, it would have shown; a smaller part cannot be left out.",
            share * 100.0
        ),
        None => writeln!(
            text,
            "\nPower: what was shown is too little, or too much like ours, to leave out any share of records from us."
        ),
    };
}

fn reasons(text: &mut String, held: &[Held]) {
    for reason in held {
        let _ = writeln!(text, "\nWhy no verdict is given: {}.", reason.as_str());
    }
}

/// The verdict in plain words, for who asked.
pub fn verdict(head: &Head, finding: &Finding, claim: Option<&Claim>) -> String {
    let mut text = format!("# Verdict\n\n{}\n\n", sentence(&finding.verdict));
    let _ = writeln!(text, "Probability {:.4}: {}.", finding.probability, finding.scale.as_str());
    not_read(&mut text, finding);
    shares(&mut text, finding);
    reasons(&mut text, &finding.held);
    power(&mut text, finding);
    if let Some(path) = &finding.path {
        let said = if path.named {
            "The way out was"
        } else {
            "The likeliest way out, which is not proven, was"
        };
        let _ = writeln!(
            text,
            "\n{said}: {} (probability {:.4} among those like it; an innocent one would have as much against it in at most {} of all inquiries).",
            path.what, path.probability, path.false_accusations
        );
        if !path.ties.is_empty() {
            let _ = writeln!(
                text,
                "These explain nearly as much, and none of them is accused: {}.",
                path.ties.join(", ")
            );
        }
    }
    if let Some(dating) = &finding.dating
        && dating.telling > 0
    {
        let until = dating.until.map_or_else(|| "now".to_owned(), instant);
        let _ = writeln!(
            text,
            "\nThe values are those that were held between {} and {until} ({} of {} records that can tell fit).",
            instant(dating.from),
            dating.fitting,
            dating.telling
        );
    }
    if let Some(claim) = claim {
        let _ = writeln!(text, "\nThe claim by itself: {}.", claim.standing.as_str());
    }
    let _ =
        writeln!(text, "\nEvidence: SHA-256 `{}`, first seen at {}.", head.evidence, head.seen_at);
    text
}

fn instant(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| "?".to_owned(), |at| at.to_string())
}

/// The report in full.
pub fn report(head: &Head, finding: &Finding, claim: Option<&Claim>) -> String {
    let mut text = verdict(head, finding, claim);
    text.push_str("\n## Evidence\n\nWeights are powers of ten beside another system about the same people.\n\n");
    text.push_str("| evidence | ours | feeder | downstream | unrelated | fabricated | what was seen |\n| --- | --- | --- | --- | --- | --- | --- |\n");
    for one in &finding.evidence {
        let weights: Vec<_> = one.weights.iter().map(|weight| format!("{weight:.1}")).collect();
        let _ = writeln!(text, "| {} | {} | {} |", one.name, weights.join(" | "), one.says);
    }
    text.push_str(
        "\n## Columns\n\n| column | holds | provenance | remark |\n| --- | --- | --- | --- |\n",
    );
    for column in &finding.columns {
        let provenance = serde_json::to_value(column.provenance).unwrap_or_default();
        let provenance = provenance.as_str().unwrap_or_default().replace('-', " ");
        let _ = writeln!(
            text,
            "| {} | {} | {provenance} | {} |",
            column.place, column.holds, column.remark
        );
    }
    ranking(&mut text, finding);
    text.push_str(
        "\n## Sensitivity\n\n| assumptions | the answer on us stays with |\n| --- | --- |\n",
    );
    for (words, probability) in &finding.sensitivity {
        let _ = writeln!(text, "| {words} | {probability:.4} |");
    }
    let counts = finding.counts;
    let _ = writeln!(
        text,
        "\n## Counts\n\n{} records; {} with a mobile or number, under {} of which somebody is found; {} compared, {} of them testable, {} found; {} people opened; {} parts with other text, {} not read.",
        counts.rows,
        counts.keyed,
        counts.hits,
        counts.compared,
        counts.testable,
        counts.found,
        counts.opened,
        counts.other_parts,
        counts.unread
    );
    text
}

/// Where to look first. It goes into no statement.
fn ranking(text: &mut String, finding: &Finding) {
    if finding.ranking.is_empty() {
        return;
    }
    text.push_str(
        "\n## Through whose hands they could have gone\n\n\
         This is where to look first, and **accuses nobody**: somebody stands first in every such table, and a copy of the database went through none of these.\n\
         Those of one rank cannot be told apart. The probability is that of each, if it was any account or list at all.\n\n\
         | rank | account or list | probability | people found who went through it |\n| --- | --- | --- | --- |\n",
    );
    for one in &finding.ranking {
        let _ = writeln!(
            text,
            "| {} | {} | {:.4} | {} |",
            one.rank, one.what, one.probability, one.through
        );
    }
}
