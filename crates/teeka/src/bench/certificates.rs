//! `teeka bench certificates`: issuing, verifying and printing, in memory and without a platform,
//! beside the bare operation of the same scheme.

mod forms;
mod printed;
pub(super) mod rate;

use std::{fmt::Write, hint::black_box, process::ExitCode};

use anyhow::Context;
use certs::{print::language::Language, read::Payload, signer::key::SigningKey};
use serde_json::{Value, json};

use self::{
    forms::{Form, Issuers},
    printed::LOCAL,
    rate::{Rate, cores, rates},
};
use crate::output::Output;

/// How many different certificates are verified.
const DIFFERENT: u64 = 60;
/// As long as what is signed of a certificate.
const MESSAGE: [u8; 350] = [b'm'; 350];

/// One form.
struct Line {
    form: Form,
    issue: Beside,
    verify: Beside,
}

/// Certificates on paper in a language, beside signatures of the code that is on them.
struct Page {
    language: Language,
    print: Beside,
}

/// A rate beside that of the bare operation.
struct Beside {
    rate: Rate,
    bare: Rate,
}

pub(crate) fn run(output: Output) -> anyhow::Result<ExitCode> {
    let issuers = Issuers::new()?;
    let lines = Form::ALL.map(|form| measure(&issuers, form));
    let lines = lines.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let printed = pages(&issuers)?;
    let json = json!({
        "cores": cores(),
        "forms": lines.iter().map(Line::json).collect::<Value>(),
        "pdf": printed.iter().map(Page::json).collect::<Value>(),
    });
    output.result(&json, &table(&lines, &printed))?;
    Ok(ExitCode::SUCCESS)
}

fn measure(issuers: &Issuers, form: Form) -> anyhow::Result<Line> {
    let (key, (scheme, _)) = (issuers.key(form), form.scheme());
    let payloads = (0..DIFFERENT).map(|number| issuers.issue(form, number));
    let payloads = payloads.collect::<anyhow::Result<Vec<_>>>()?;
    let signature = key.sign(&MESSAGE)?;
    let [issue, sign, verify, check] = rates([
        &|number| issuers.issue(form, number).map(|payload| drop(black_box(payload))),
        &|_| sign(key),
        &|number| issuers.check(one_of(&payloads, number)),
        &|_| Ok(key.public_key().verify(scheme, black_box(&MESSAGE), black_box(&signature))?),
    ])?;
    Ok(Line {
        form,
        issue: Beside { rate: issue, bare: sign },
        verify: Beside { rate: verify, bare: check },
    })
}

fn one_of(payloads: &[Payload], number: u64) -> &Payload {
    &payloads[usize::try_from(number % DIFFERENT).unwrap_or(0)]
}

/// The rate of PDFs in each language.
fn pages(issuers: &Issuers) -> anyhow::Result<Vec<Page>> {
    let signed = match issuers.issue(Form::Dcc, 0)? {
        Payload::Text(text) => Some(text),
        Payload::Bytes(_) => None,
    };
    let signed = signed.context("this form is a text")?;
    let key = issuers.key(Form::Dcc);
    let one = |local: (Language, &'static str, &'static str)| {
        let [rate, bare] = rates([
            &|_| {
                drop(black_box(printed::print(local, &signed)));
                Ok(())
            },
            &|_| sign(key),
        ])?;
        Ok(Page { language: local.0, print: Beside { rate, bare } })
    };
    LOCAL.into_iter().map(one).collect()
}

/// The bare operation of issuing.
fn sign(key: &dyn SigningKey) -> anyhow::Result<()> {
    drop(black_box(key.sign(black_box(&MESSAGE))?));
    Ok(())
}

impl Line {
    fn json(&self) -> Value {
        json!({
            "form": self.form.name(),
            "scheme": self.form.scheme().1,
            "issue": self.issue.json(),
            "verify": self.verify.json(),
        })
    }
}

impl Page {
    fn json(&self) -> Value {
        let scheme = Form::Dcc.scheme().1;
        json!({ "language": self.language.tag(), "scheme": scheme, "print": self.print.json() })
    }
}

impl Beside {
    fn json(&self) -> Value {
        let ratio = self.rate.ratio(self.bare);
        json!({
            "per_second": self.rate.json(),
            "bare_per_second": self.bare.json(),
            "ratio": { "one_core": ratio.one_core, "all_cores": ratio.all_cores },
        })
    }

    fn row(&self, text: &mut String, name: &str, what: &str, scheme: &str) {
        let Self { rate, bare } = self;
        let ratio = rate.ratio(*bare);
        let _ = writeln!(
            text,
            "{name:<24} {what:<6} {:>10.0} {:>10.0}   {:.3} of {:.0} and {:.3} of {:.0} {scheme}",
            rate.one_core,
            rate.all_cores,
            ratio.one_core,
            bare.one_core,
            ratio.all_cores,
            bare.all_cores,
        );
    }
}

fn table(lines: &[Line], printed: &[Page]) -> String {
    let cores = cores();
    let mut text = format!(
        "per second                        one core    {cores} cores   ratio to the bare operation\n"
    );
    for Line { form, issue, verify } in lines {
        let scheme = form.scheme().1;
        for (what, beside, bare) in [("issue", issue, "signatures"), ("verify", verify, "checks")] {
            beside.row(&mut text, form.name(), what, &format!("{scheme} {bare}"));
        }
    }
    let bare = format!("{} signatures", Form::Dcc.scheme().1);
    for Page { language, print } in printed {
        print.row(&mut text, &format!("PDF, {language:?}"), "print", &bare);
    }
    text.trim_end().to_owned()
}
