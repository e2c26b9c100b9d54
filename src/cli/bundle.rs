//! `offrecord bundle`: the zip that a recipient gets.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::args::{HouseArgs, must_not_exist, today};
use super::out::{self, Failure, shown};
use super::record::{append_log, read_approvals};
use crate::approve::{self, Subject};
use crate::key::approval::{Approval, DSSE_NAMESPACE, dsse_message};
use crate::key::identity::hex;
use crate::key::sshsig;
use crate::release::zip::Zip;
use crate::verify::approval as standing;
use crate::verify::{Request, verify};
use sha2::{Digest, Sha256};

/// Put a release that was approved into one zip file for its recipient
///
/// The zip holds the release as it is, its approvals, terms to be agreed to,
/// and check.html: a page that shows, offline, the six words of the manifest
/// that is dropped on it. Words prove something only when they are compared by
/// another channel than the files came by. The release is checked once more
/// first. The zip is not encrypted.
#[derive(Args)]
#[command(after_help = "\
Examples:
  offrecord bundle release --to partner-be --out partner-be.zip
  offrecord bundle release --to \"Example Partner\" --out - | age -r age1… > partner.zip.age
  offrecord bundle release --to partner-be --out p.zip --dsse-signature manifest.sig")]
pub(super) struct Bundle {
    /// Folder of the release, approved by `offrecord approve DIR`
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Whom it is for
    #[arg(long, value_name = "RECIPIENT")]
    to: String,
    /// Zip file to write; `-` is stdout, to be encrypted on the way
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write what a DSSE signature of the manifest signs, to be signed with
    /// `ssh-keygen -Y sign -n offrecord-manifest`; makes no zip
    #[arg(long, value_name = "FILE", conflicts_with = "dsse_signature")]
    dsse_message: Option<PathBuf>,
    /// The signature over it: goes into the zip as manifest.dsse.json
    #[arg(long, value_name = "FILE")]
    dsse_signature: Option<PathBuf>,
    #[command(flatten)]
    house: HouseArgs,
}

/// The type of what DSSE signs.
const PAYLOAD: &str = "application/vnd.in-toto+json";
const CHECK: &str = include_str!("check.html");

const TERMS: &str = "\
Terms for whoever receives these files

1. Nobody tries to find out who a row, a code or a figure is about, nor joins
   the files with others for that.
2. The files are used for the purpose that README.txt names, and for no other.
3. They are not passed on, in whole or in part, nor put where others can get
   at them.
4. Trying to find people again can be an offence, for example under section
   171 of the UK Data Protection Act 2018.
5. A loss, a leak, or somebody recognised by chance is told to the sender at
   once.
6. All copies are deleted on the day that README.txt names, or when the sender
   asks, and the sender is told that it was done.

These are terms to be agreed between the parties. They are no legal advice.
";

impl Bundle {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let pipe = self.out.as_os_str() == "-";
        if !pipe && self.dsse_message.is_none() {
            must_not_exist(&self.out)?;
        }
        let manifest_path = standing::manifest_of(&self.folder);
        let manifest = std::fs::read(&manifest_path).map_err(|error| {
            Failure::usage(
                format!("{}: {error}", shown(&manifest_path)),
                "a release is a folder with a manifest",
                "give the folder that `offrecord run --out` made; of many recipients, the folder of one",
            )
        })?;
        if let Some(path) = &self.dsse_message {
            super::record::write_private(path, &dsse_message(PAYLOAD, &manifest))?;
            out::words(&format!(
                "Sign it:  ssh-keygen -Y sign -n {DSSE_NAMESPACE} -f KEY {}",
                shown(path)
            ));
            return Ok(0);
        }
        let sha256 = Sha256::digest(&manifest);
        self.right_recipient(&manifest)?;
        let approvals = self.approved(&hex(sha256.as_slice()))?;
        let dsse = self.dsse(&manifest)?;
        let verdict = verify(&Request::new(&self.folder)).map_err(|error| {
            Failure::failed(
                error.to_string(),
                "the release was not checked",
                "check the folder",
            )
        })?;
        if !verdict.passed() {
            out::words(&verdict.to_string());
            return Err(Failure::coded(
                verdict.exit_code(),
                "the release does not pass its check",
                "what was changed since it was made is not what was approved",
                "run again, and have the new release approved",
            ));
        }
        let files = files(&self.folder).map_err(|error| failed(&self.folder, &error))?;
        if pipe {
            let zip = pack(
                std::io::Cursor::new(Vec::new()),
                &self.folder,
                &files,
                &approvals,
                dsse.as_deref(),
            )
            .map_err(|error| failed(&self.out, &error))?;
            out::all_data(zip.get_ref())?;
        } else {
            let made = crate::release::create_private_file(&self.out).and_then(|file| {
                pack(file, &self.folder, &files, &approvals, dsse.as_deref())?.sync_all()
            });
            if let Err(error) = made {
                drop(std::fs::remove_file(&self.out));
                return Err(failed(&self.out, &error));
            }
        }
        append_log(
            &self.folder,
            true,
            "bundle",
            &[
                ("to", crate::policy::error::clean_line(&self.to)),
                ("manifest", hex(sha256.as_slice())),
                (
                    "approvals",
                    approvals
                        .iter()
                        .map(|approval| approval.seal.clone())
                        .collect::<Vec<_>>()
                        .join(" "),
                ),
            ],
        )?;
        out::words(&format!(
            "{}: {} for {}.\nNOT ENCRYPTED. To encrypt on the way:  offrecord bundle {} --to {} --out - | age -r RECIPIENT-KEY > FILE.age",
            shown(&self.out),
            out::counted(
                files.len() as u64,
                "file of the release",
                "files of the release"
            ),
            crate::policy::error::clean_line(&self.to),
            shown(&self.folder),
            crate::policy::error::clean_line(&self.to),
        ));
        Ok(0)
    }

    /// Codes made for one recipient go to no other.
    fn right_recipient(&self, manifest: &[u8]) -> Result<(), Failure> {
        let json: serde_json::Value = serde_json::from_slice(manifest).unwrap_or_default();
        match json
            .pointer("/predicate/recipient")
            .and_then(serde_json::Value::as_str)
        {
            Some(named) if named != self.to => Err(Failure::usage(
                format!("this release is for {named}"),
                "each recipient has codes and an order of its own, so that two of them cannot join their files",
                format!("say --to {named}, or run for the other recipient"),
            )),
            _ => Ok(()),
        }
    }

    fn approved(&self, manifest: &str) -> Result<Vec<Approval>, Failure> {
        let house = self.house.find(&self.folder)?;
        let approvals = read_approvals(&standing::beside(&self.folder))?.unwrap_or_default();
        let subject = Subject {
            of: "release",
            sha256: manifest.to_owned(),
            house: house.rules.as_ref(),
            today: today(),
            inputs: None,
        };
        let needed = approve::needed_for_bundle(house.rules.as_ref());
        let weighed = approve::weigh(&subject, &needed, &approvals);
        if weighed.enough() {
            return Ok(approvals);
        }
        let mut what = "the finished release is not approved".to_owned();
        for line in weighed.missing.iter().chain(&weighed.fails) {
            what.push_str(&format!("\n{line}"));
        }
        Err(Failure::coded(
            5,
            what,
            "what leaves the house was agreed to by somebody, byte for byte",
            format!("offrecord approve {} --by NAME", shown(&self.folder)),
        ))
    }

    /// The DSSE envelope of the manifest, where a signature is given.
    fn dsse(&self, manifest: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let Some(path) = &self.dsse_signature else {
            return Ok(None);
        };
        let message = dsse_message(PAYLOAD, manifest);
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let signed = sshsig::unarmour(&text).and_then(|blob| {
            let signer = sshsig::signer_of(&blob, DSSE_NAMESPACE, &message)?;
            Some((blob, signer))
        });
        let Some((blob, signer)) = signed else {
            return Err(Failure::coded(
                5,
                format!("{} is no signature over this manifest", shown(path)),
                "a recipient would take it for a forgery",
                "sign the file that --dsse-message writes",
            ));
        };
        let envelope = json!({
            "payloadType": PAYLOAD,
            "payload": sshsig::to_line(manifest),
            "signatures": [{"keyid": signer.fingerprint(), "sig": sshsig::to_line(&blob)}],
        });
        Ok(Some(format!("{envelope:#}\n").into_bytes()))
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::failed(
        format!("{}: {error}", shown(path)),
        "no zip was made",
        "check the disk and the folder",
    )
}

/// Names of all files below a folder, sorted.
fn files(folder: &Path) -> std::io::Result<Vec<String>> {
    fn look(folder: &Path, before: &str, names: &mut Vec<String>) -> std::io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{before}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                look(&entry.path(), &format!("{name}/"), names)?;
            } else {
                names.push(name);
            }
        }
        Ok(())
    }
    let mut names = Vec::new();
    look(folder, "", &mut names)?;
    names.sort();
    Ok(names)
}

fn pack<W: Write + std::io::Seek>(
    out: W,
    folder: &Path,
    files: &[String],
    approvals: &[Approval],
    dsse: Option<&[u8]>,
) -> std::io::Result<W> {
    let mut zip = Zip::new(out);
    for name in files {
        let mut file = std::fs::File::open(folder.join(name))?;
        zip.add(&format!("release/{name}"), &mut file)?;
    }
    let approvals = crate::key::approval::write(approvals);
    zip.add("release.approvals.json", &mut approvals.as_slice())?;
    if let Some(dsse) = dsse {
        zip.add("manifest.dsse.json", &mut &*dsse)?;
    }
    zip.add("terms.txt", &mut TERMS.as_bytes())?;
    zip.add("check.html", &mut check_page().as_bytes())?;
    zip.finish()
}

/// The page that shows the six words of a manifest.
fn check_page() -> String {
    let words = bip39::Language::English.word_list().join(" ");
    CHECK.replace("@WORDS@", &words)
}
