//! The folder of a case: evidence as it was shown, the papers, and what signs and holds them together.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use app::{Ctx, inquiry as signing, keys::KeyRing, release_log::Running, sign_in::sha256_hex};
use certs::signature::PublicKey;
use inquiry::{
    case::{
        CASE, Case, Custody, FINDING, LOGGED, Piece, RECEIVED, SIGNATURE, VERDICT, VERSION,
        finding_bytes, said,
    },
    claim::Claim,
    inquire::Finding,
    report::{self, Head, STATEMENT},
};
use ledger::leaf::release::Release;

use super::Shown;

const CLAIM: &str = "claim.txt";

/// The folder of a case that is being made.
pub(crate) struct Folder {
    path: PathBuf,
    custody: Vec<Custody>,
    evidence: Vec<Piece>,
    claim: Option<Piece>,
    log: Option<String>,
}

/// What is said.
pub(crate) struct Papers<'a> {
    pub(crate) head: &'a Head,
    pub(crate) finding: &'a Finding,
    pub(crate) claim: Option<Claim>,
    pub(crate) coverage: f64,
}

impl Papers<'_> {
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let finding = (FINDING.to_owned(), finding_bytes(self.finding));
        let said = report::files(self.head, self.finding, self.claim.as_ref());
        [finding].into_iter().chain(said).collect()
    }
}

impl Folder {
    /// Makes the folder, for its owner only.
    pub(crate) fn make(path: &Path) -> anyhow::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let name = || format!("cannot make {}", path.display());
        ensure!(!path.exists(), "{} is there already", path.display());
        fs::DirBuilder::new().mode(0o700).create(path).with_context(name)?;
        fs::DirBuilder::new().mode(0o700).create(path.join("evidence")).with_context(name)?;
        let path = path.to_owned();
        Ok(Self { path, custody: Vec::new(), evidence: Vec::new(), claim: None, log: None })
    }

    /// Seals what was shown before anybody opens it.
    pub(crate) fn take_in(
        &mut self,
        ctx: &Ctx,
        shown: &[Shown],
        claim: Option<&[u8]>,
    ) -> anyhow::Result<()> {
        for (place, one) in shown.iter().enumerate() {
            let name = format!("evidence/{:03}", place + 1);
            let piece = self.keep(&name, &one.bytes, 0o400)?;
            self.note(ctx, "taken in", &piece.sha256);
            self.evidence.push(piece);
        }
        if let Some(bytes) = claim {
            let piece = self.keep(CLAIM, bytes, 0o400)?;
            self.note(ctx, "claim taken in", &piece.sha256);
            self.claim = Some(piece);
        }
        // The names of what was written, in the order in which they lie in one another.
        vault::press_name(&self.path.join("evidence/001"))?;
        Ok(vault::press_name(&self.path)?)
    }

    /// What was taken in: where it is, and its digest.
    pub(crate) fn evidence(&self) -> Vec<(PathBuf, String)> {
        let each = self.evidence.iter();
        each.map(|piece| (self.path.join(&piece.name), piece.sha256.clone())).collect()
    }

    /// What the public log calls the case: it follows from the first thing that was done.
    fn name(&self) -> String {
        self.custody.first().map(|first| first.digest()[..16].to_owned()).unwrap_or_default()
    }

    /// What is said on the public log once all is taken in: the digest of the last thing that was done,
    /// which leads to all before it.
    pub(crate) fn received(&self) -> Option<Running> {
        let last = self.custody.last()?;
        Some(said(&self.name(), RECEIVED, &last.bytes()))
    }

    /// Notes that it was said on the log with this key.
    pub(crate) fn note_logged(&mut self, ctx: &Ctx, log: String) {
        self.log = Some(log);
        let sha256 = self.custody.last().map(Custody::digest).unwrap_or_default();
        self.note(ctx, LOGGED, &sha256);
    }

    /// Leaves everything, signed. Gives what is said of it on the public log.
    pub(crate) fn leave(
        mut self,
        ring: &KeyRing,
        ctx: &Ctx,
        papers: &Papers<'_>,
    ) -> anyhow::Result<Running> {
        self.note(ctx, "compared with the register", "");
        let mut kept: Vec<Piece> = self.claim.iter().cloned().collect();
        for (name, bytes) in papers.files() {
            kept.push(self.keep(&name, &bytes, 0o600)?);
            // What leaves the house can be checked without the rest.
            if name.starts_with(STATEMENT) {
                let signature = signing::sign(ring, ctx, &bytes)?;
                self.write(&signature_of(&name), signature.as_bytes(), 0o600)?;
            }
        }
        self.note(ctx, "sealed", "");
        let name = self.name();
        let case = Case {
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            seen_at: papers.head.seen_at.as_second(),
            name: name.clone(),
            log: self.log.clone(),
            issuer: papers.head.issuer.clone(),
            coverage: papers.coverage,
            evidence: self.evidence.clone(),
            claim: papers.claim.clone(),
            papers: kept,
            custody: self.custody.clone(),
        };
        let bytes = serde_json::to_vec_pretty(&case)?;
        let signature = signing::sign(ring, ctx, &bytes)?;
        self.write(CASE, &bytes, 0o600)?;
        self.write(SIGNATURE, signature.as_bytes(), 0o600)?;
        vault::press_name(&self.path.join(CASE))?;
        vault::press_name(&self.path)?;
        Ok(said(&name, VERDICT, &bytes))
    }

    /// Notes what was done, behind what was done before.
    fn note(&mut self, ctx: &Ctx, act: &str, sha256: &str) {
        let previous = self.custody.last().map(Custody::digest).unwrap_or_default();
        self.custody.push(Custody {
            at: ctx.now.to_string(),
            act: act.to_owned(),
            sha256: sha256.to_owned(),
            previous,
        });
    }

    fn keep(&self, name: &str, bytes: &[u8], mode: u32) -> anyhow::Result<Piece> {
        self.write(name, bytes, mode)?;
        Ok(Piece { name: name.to_owned(), sha256: sha256_hex(bytes), bytes: bytes.len() as u64 })
    }

    fn write(&self, name: &str, bytes: &[u8], mode: u32) -> anyhow::Result<()> {
        let path = self.path.join(name);
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

/// The name of the signature of a file that leaves the house.
pub(super) fn signature_of(name: &str) -> String {
    format!("{name}.jws")
}

/// A case that is read back.
pub(super) struct Kept {
    pub(super) case: Case,
    pub(super) shown: Vec<Shown>,
    pub(super) text: Vec<u8>,
    folder: PathBuf,
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
    Ok(Kept { case, shown, text, folder: folder.to_owned(), signature, papers })
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
        if !self.case.is_chained() {
            wrong.push("the chain of custody is broken".to_owned());
        }
        wrong
    }

    /// The finding that was signed.
    pub(super) fn finding(&self) -> anyhow::Result<Finding> {
        let kept = self.papers.iter().find(|(name, _)| name == FINDING);
        let (_, bytes) = kept.context("the case has no finding")?;
        serde_json::from_slice(bytes).context("the finding of the case cannot be read")
    }

    /// What was shown: where it is, and its digest.
    pub(super) fn evidence(&self) -> Vec<(PathBuf, String)> {
        let each = self.case.evidence.iter().zip(&self.shown);
        each.map(|(piece, shown)| (self.folder.join(&piece.name), shown.sha256.clone())).collect()
    }

    /// What of the papers is not what a finding says: each is derived again, bit for bit.
    pub(super) fn unlike(&self, finding: &Finding, head: &Head) -> Vec<String> {
        let claim = self.papers.iter().find(|(name, _)| name == CLAIM);
        let claim = claim.map(|(_, bytes)| Claim::read(&String::from_utf8_lossy(bytes)));
        let papers = Papers { head, finding, claim, coverage: self.case.coverage };
        let mut unlike = Vec::new();
        for (name, bytes) in papers.files() {
            let kept = self.papers.iter().find(|(one, _)| *one == name);
            if kept.is_none_or(|(_, kept)| *kept != bytes) {
                unlike.push(name);
            }
        }
        unlike
    }

    /// What the public log does not say of the case, or in another order.
    pub(super) fn wrong_on_log(&self, releases: &[Release]) -> Vec<String> {
        let [received, verdict] = self.case.leaves(&self.text, releases);
        match (received, verdict) {
            (Some(received), Some(verdict)) if received < verdict => Vec::new(),
            (None, _) => vec!["the public log does not say that it was received".to_owned()],
            (_, None) => vec!["the public log does not say its verdict".to_owned()],
            _ => vec!["the public log has its verdict before it was received".to_owned()],
        }
    }
}
