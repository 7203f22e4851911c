//! The commands, run as operators run them: the binary, with a configuration of its own.

use std::io::Write as _;

use serde_json::Value;
use tempfile::NamedTempFile;
use tokio::process::Command;
use xtask::KeystoneLogin;

/// The commands over one database.
pub struct Commands {
    file: NamedTempFile,
}

/// What a command ended with.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Commands {
    /// Over a database, a Keystone and more settings. The keys are those of the house.
    pub fn over(database_url: &str, keystone: &KeystoneLogin, extra: &str) -> Self {
        let base =
            crate::config::MINIMAL.replace("postgres://gatehouse:secret@localhost/gatehouse", database_url);
        let KeystoneLogin { auth_url, username, password, .. } = keystone;
        let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        write!(
            file,
            "profile = \"development\"\n{base}\n{}\nkeystone.auth_url = \"{auth_url}\"\n\
             keystone.username = \"{username}\"\nkeystone.password = \"{password}\"\n{extra}\n",
            super::cloud::SETTINGS
        )
        .unwrap();
        Self { file }
    }

    /// Over a database and a Keystone that is away.
    pub fn without_keystone(database_url: &str) -> Self {
        let nowhere = KeystoneLogin {
            auth_url: "http://127.0.0.1:1/v3".to_owned(),
            username: "admin".to_owned(),
            password: "rahasia-admin".to_owned(),
            project: "admin".to_owned(),
        };
        Self::over(database_url, &nowhere, "")
    }

    /// Runs one to its end.
    pub async fn run(&self, args: &[&str]) -> Ran {
        let ended = Command::new(env!("CARGO_BIN_EXE_gatehouse"))
            .arg("--config")
            .arg(self.file.path())
            .args(args)
            .output()
            .await
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: ended.status.code(), stdout: text(ended.stdout), stderr: text(ended.stderr) }
    }

    /// Runs one that succeeds, and says nothing but one JSON document.
    pub async fn json(&self, args: &[&str]) -> Value {
        let ran = self.run(args).await;
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{args:?}: {ran:?}");
        ran.json()
    }

    /// Runs one that does nothing, ends with 1, and says why and nothing else. Returns why.
    pub async fn refused(&self, args: &[&str]) -> String {
        let ran = self.run(args).await;
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{args:?}: {ran:?}");
        ran.stderr
    }
}

impl Ran {
    /// The document on standard output, and nothing beside it.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Whether this stands anywhere in what was said, ids left out: by chance they hold any four digits.
    pub fn says(&self, text: &str) -> bool {
        let is_id = |word: &&str| uuid::Uuid::parse_str(word.trim_matches(['"', ','])).is_ok();
        let words = |said: &str| -> String {
            said.split_whitespace().filter(|word| !is_id(word)).collect::<Vec<_>>().join(" ")
        };
        words(&self.stdout).contains(text) || words(&self.stderr).contains(text)
    }
}
