//! The theme as one file.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use zip::write::SimpleFileOptions;

use crate::tools::digest;

const NAME: &str = "gatehouse-keycloak-theme.zip";

/// Packs the folder `theme` with its name. The order is by name, and no time or owner gets in.
pub fn theme(theme: &Path, dist: &Path) -> Result<()> {
    let file = dist.join(NAME);
    let mut zip = zip::ZipWriter::new(File::create(&file).with_context(|| format!("cannot make {NAME}"))?);
    let options =
        SimpleFileOptions::default().last_modified_time(zip::DateTime::default()).unix_permissions(0o644);
    for (name, path) in digest::files(theme)? {
        let name = name.to_str().context("the name of a file is not UTF-8")?;
        zip.start_file(name, options)?;
        zip.write_all(&std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?)?;
    }
    zip.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs::File, os::unix::fs::PermissionsExt as _, time::SystemTime};

    use super::{NAME, theme};

    /// So many that no file system lists them in this order by chance.
    const NAMES: [&str; 8] = [
        "code.ftl",
        "enrol.ftl",
        "info.ftl",
        "login.ftl",
        "otp.ftl",
        "register.ftl",
        "terms.ftl",
        "update.ftl",
    ];

    #[test]
    fn the_archive_of_the_same_files_is_the_same_whenever_and_wherever_it_is_made() {
        let folder = std::env::temp_dir().join(format!("gatehouse-pack-{}", std::process::id()));
        let packed = ["a", "further/away"].map(|place| {
            let place = folder.join(place);
            let login = place.join("gatehouse/login");
            std::fs::create_dir_all(&login).unwrap();
            for name in NAMES {
                std::fs::write(login.join(name), name).unwrap();
            }
            place
        });
        let [a, b] = &packed;
        let other = b.join("gatehouse/login/code.ftl");
        std::fs::set_permissions(&other, std::fs::Permissions::from_mode(0o600)).unwrap();
        File::options().write(true).open(&other).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        for place in &packed {
            theme(&place.join("gatehouse"), place).unwrap();
        }
        assert_eq!(std::fs::read(a.join(NAME)).unwrap(), std::fs::read(b.join(NAME)).unwrap());
        let mut zip = zip::ZipArchive::new(File::open(a.join(NAME)).unwrap()).unwrap();
        let names: Vec<String> =
            (0..zip.len()).map(|at| zip.by_index(at).unwrap().name().to_owned()).collect();
        assert_eq!(names, NAMES.map(|name| format!("gatehouse/login/{name}")));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
