//! One number for the content of files, to tell whether something must be built again.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};

/// How much of the digest is kept: 64 bits tell builds apart and make short directory names.
const KEPT_BYTES: usize = 8;

/// The digest, in hexadecimal, of `label` and of all files under `roots` (name and content, in a fixed order).
pub fn digest(label: &str, roots: &[PathBuf]) -> Result<String> {
    let mut files = roots.iter().map(|root| files(root)).collect::<Result<Vec<_>>>()?.concat();
    files.sort();
    let mut hash = Sha256::new();
    hash.update(label.as_bytes());
    for (name, path) in files {
        let content = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        hash.update(name.as_os_str().as_encoded_bytes());
        hash.update([0]);
        hash.update(u64::try_from(content.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(content);
    }
    Ok(hex(&hash.finalize()[..KEPT_BYTES]))
}

/// In hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// All files under `root`, by name: each name begins with that of `root`, and the path leads to the file.
pub fn files(root: &Path) -> Result<Vec<(PathBuf, PathBuf)>> {
    let mut files = Vec::new();
    collect(root, root, &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(root: &Path, path: &Path, files: &mut Vec<(PathBuf, PathBuf)>) -> Result<()> {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        for entry in entries {
            collect(root, &entry?.path(), files)?;
        }
    } else if path.is_file() {
        let base = root.parent().unwrap_or(root);
        files.push((path.strip_prefix(base).unwrap_or(path).to_path_buf(), path.to_path_buf()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn a_digest_follows_names_and_content() {
        let dir = std::env::temp_dir().join(format!("gatehouse-digest-{}", std::process::id()));
        let tree = dir.join("tree");
        std::fs::create_dir_all(&tree).unwrap();
        std::fs::write(tree.join("a"), "1").unwrap();
        let first = digest("v1", std::slice::from_ref(&tree)).unwrap();
        assert_eq!(first, digest("v1", std::slice::from_ref(&tree)).unwrap());
        assert_ne!(first, digest("v2", std::slice::from_ref(&tree)).unwrap());
        std::fs::write(tree.join("a"), "2").unwrap();
        let changed = digest("v1", std::slice::from_ref(&tree)).unwrap();
        assert_ne!(first, changed);
        std::fs::rename(tree.join("a"), tree.join("b")).unwrap();
        assert_ne!(changed, digest("v1", std::slice::from_ref(&tree)).unwrap());
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
