//! The folder of a case: evidence as it was shown, the papers, and what signs and holds them together.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use app::{Ctx, inquiry as signing, keys::KeyRing, sign_in::sha256_hex};
use certs::signature::PublicKey;
use inquiry::{
    case::{Case, Custody, Piece, VERSION, finding_bytes},
    claim::Claim,
    inquire::Finding,
    report::{self, Head},
};

use super::Shown;

/// What the case is called in its folder, and its signature.
const CASE: &str = "case.json";
const SIGNATURE: &str = "case.jws";
const FINDING: &str = "finding.json";

/// The folder of a case that is being made.
pub(crate) struct Folder(PathBuf);

/// What is said.
pub(crate) struct Papers<'a> {
    pub(crate) head: &'a Head,
    pub(crate) finding: &'a Finding,
    pub(crate) claim: Option<Claim>,
    pub(crate) coverage: f64,
}

impl Folder {
    /// Makes the folder, for its owner only.
    pub(crate) fn make(path: &Path) -> anyhow::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let name = || format!("cannot make {}", path.display());
        ensure!(!path.exists(), "{} is there already", path.display());
        fs::DirBuilder::new().mode(0o700).create(path).with_context(name)?;
        fs::DirBuilder::new().mode(0o700).create(path.join("evidence")).with_context(name)?;
        Ok(Self(path.to_owned()))
    }

    /// Leaves everything, signed.
    pub(crate) fn leave(
        &self,
        ring: &KeyRing,
        ctx: &Ctx,
        shown: &[Shown],
        claim: Option<&[u8]>,
        papers: Papers<'_>,
    ) -> anyhow::Result<()> {
        let mut custody = Vec::new();
        let (mut evidence, mut claimed) = (Vec::new(), Vec::new());
        for (place, one) in shown.iter().enumerate() {
            let name = format!("evidence/{:03}", place + 1);
            self.write(&name, &one.bytes, 0o400)?;
            note(&mut custody, ctx, "taken in", &one.sha256);
            let bytes = one.bytes.len() as u64;
            evidence.push(Piece { name, sha256: one.sha256.clone(), bytes });
        }
        if let Some(bytes) = claim {
            let piece = self.keep("claim.txt", bytes, 0o400)?;
            note(&mut custody, ctx, "claim taken in", &piece.sha256);
            claimed.push(piece);
        }
        note(&mut custody, ctx, "compared with the register", "");
        let Papers { head, finding, claim, coverage } = papers;
        let texts = [
            (FINDING, finding_bytes(finding)),
            ("verdict.md", report::verdict(head, finding, claim.as_ref()).into_bytes()),
            ("report.md", report::report(head, finding, claim.as_ref()).into_bytes()),
            ("statement.md", report::statement(head, finding).into_bytes()),
        ];
        let papers = texts.iter().map(|(name, bytes)| self.keep(name, bytes, 0o600));
        let papers = claimed.into_iter().map(Ok).chain(papers).collect::<anyhow::Result<_>>()?;
        note(&mut custody, ctx, "sealed", "");
        let case = Case {
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            seen_at: ctx.now.as_second(),
            coverage,
            evidence,
            claim,
            papers,
            custody,
        };
        let bytes = serde_json::to_vec_pretty(&case)?;
        let signature = signing::sign(ring, ctx, &bytes)?;
        self.write(CASE, &bytes, 0o600)?;
        self.write(SIGNATURE, signature.as_bytes(), 0o600)?;
        // The names of what was written, in the order in which they lie in one another.
        vault::press_name(&self.0.join("evidence/001"))?;
        vault::press_name(&self.0.join(CASE))?;
        Ok(vault::press_name(&self.0)?)
    }

    fn keep(&self, name: &str, bytes: &[u8], mode: u32) -> anyhow::Result<Piece> {
        self.write(name, bytes, mode)?;
        Ok(Piece { name: name.to_owned(), sha256: sha256_hex(bytes), bytes: bytes.len() as u64 })
    }

    fn write(&self, name: &str, bytes: &[u8], mode: u32) -> anyhow::Result<()> {
        let path = self.0.join(name);
        let failed = || format!("cannot write {}", path.display());
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&path)
            .with_context(failed)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).with_context(failed)
    }
}

/// Notes what was done, behind what was done before.
fn note(custody: &mut Vec<Custody>, ctx: &Ctx, act: &str, sha256: &str) {
    let previous = custody.last().map(digest).unwrap_or_default();
    custody.push(Custody {
        at: ctx.now.to_string(),
        act: act.to_owned(),
        sha256: sha256.to_owned(),
        previous,
    });
}

fn digest(entry: &Custody) -> String {
    sha256_hex(serde_json::to_vec(entry).expect("an entry is JSON"))
}

/// A case that is read back.
pub(super) struct Kept {
    pub(super) case: Case,
    pub(super) shown: Vec<Shown>,
    pub(super) text: Vec<u8>,
    signature: String,
    papers: Vec<(String, Vec<u8>)>,
}

/// Reads a case.
pub(super) fn read(folder: &Path) -> anyhow::Result<Kept> {
    let bytes = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
    };
    let text = bytes(CASE)?;
    let case: Case = serde_json::from_slice(&text)
        .with_context(|| format!("{} is not a case", folder.join(CASE).display()))?;
    ensure!(case.version == VERSION, "the case is of another version than this program reads");
    let plain = |piece: &&Piece| !piece.name.contains("..") && !piece.name.starts_with('/');
    let named = case.evidence.iter().chain(&case.papers).filter(plain).count();
    ensure!(named == case.evidence.len() + case.papers.len(), "the case names files outside of it");
    let shown = case.evidence.iter().map(|piece| Ok(Shown::new(bytes(&piece.name)?)));
    let shown = shown.collect::<anyhow::Result<_>>()?;
    let papers = case.papers.iter().map(|piece| Ok((piece.name.clone(), bytes(&piece.name)?)));
    let papers = papers.collect::<anyhow::Result<_>>()?;
    let signature = String::from_utf8(bytes(SIGNATURE)?).context("the signature is not text")?;
    Ok(Kept { case, shown, text, signature, papers })
}

impl Kept {
    /// What is not as it was signed.
    pub(super) fn wrong(&self, anchor: &PublicKey) -> Vec<String> {
        let mut wrong = Vec::new();
        if !signing::is_signed(&self.text, &self.signature, anchor) {
            wrong.push("the signature does not fit the anchor".to_owned());
        }
        let evidence = self.shown.iter().map(|one| one.sha256.clone());
        let papers = self.papers.iter().map(|(_, bytes)| sha256_hex(bytes));
        let pieces = self.case.evidence.iter().chain(&self.case.papers);
        for (piece, sha256) in pieces.zip(evidence.chain(papers)) {
            if sha256 != piece.sha256 {
                wrong.push(format!("{} was changed", piece.name));
            }
        }
        let mut previous = String::new();
        for entry in &self.case.custody {
            if entry.previous != previous {
                wrong.push("the chain of custody is broken".to_owned());
                break;
            }
            previous = digest(entry);
        }
        wrong
    }

    /// The finding that was signed.
    pub(super) fn finding(&self) -> anyhow::Result<Finding> {
        let kept = self.papers.iter().find(|(name, _)| name == FINDING);
        let (_, bytes) = kept.context("the case has no finding")?;
        serde_json::from_slice(bytes).context("the finding of the case cannot be read")
    }

    /// Whether a finding is the one that was signed.
    pub(super) fn is_same(&self, finding: &Finding) -> bool {
        let kept = self.papers.iter().find(|(name, _)| name == FINDING);
        kept.is_some_and(|(_, bytes)| *bytes == finding_bytes(finding))
    }
}
