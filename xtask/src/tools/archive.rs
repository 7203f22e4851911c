//! Unpacks what was fetched.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Unpacks a zip file into `dir`, file modes included.
pub async fn unzip(archive: PathBuf, dir: PathBuf) -> Result<()> {
    blocking(move || {
        let what = || format!("cannot unpack {}", archive.display());
        let mut zip = zip::ZipArchive::new(BufReader::new(File::open(&archive)?)).with_context(what)?;
        zip.extract(&dir).with_context(what)
    })
    .await
}

/// Unpacks the `.txz` (a tar file packed with xz) that lies inside a jar into `dir`.
pub async fn unpack_txz_in_jar(jar: PathBuf, dir: PathBuf) -> Result<()> {
    blocking(move || {
        let what = || format!("cannot unpack {}", jar.display());
        let mut zip = zip::ZipArchive::new(BufReader::new(File::open(&jar)?)).with_context(what)?;
        let name = zip.file_names().find(|name| is_txz(name)).map(str::to_owned);
        let name = name.context("there is no .txz in it").with_context(what)?;
        let packed = zip.by_name(&name).with_context(what)?;
        let unpacked: Box<dyn Read> = Box::new(liblzma::read::XzDecoder::new(packed));
        std::fs::create_dir_all(&dir)?;
        tar::Archive::new(unpacked).unpack(&dir).with_context(what)
    })
    .await
}

fn is_txz(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txz"))
}

/// The only file in `dir` with this extension.
pub fn only_file(dir: &Path, extension: &str) -> Result<PathBuf> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut found = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|have| have == extension));
    found.next().with_context(|| format!("there is no .{extension} file in {}", dir.display()))
}

/// Runs work that would hold up everything else on a thread of its own.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.context("the work was cut short")?
}
