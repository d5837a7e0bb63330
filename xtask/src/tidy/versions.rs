//! A rule for versions: what the catalogue of the Gradle build names, a Maven property of the same name says alike.
//!
//! `androidx-compose = "1.7.6"` in the catalogue is `<androidx.compose.version>1.7.6</androidx.compose.version>` in a POM.

use std::collections::BTreeMap;

use super::{File, Findings};

const CATALOGUE: &str = "android/gradle/libs.versions.toml";
/// What only Gradle, or only the script that takes its place, asks for.
const GRADLE_ONLY: [&str; 7] = ["bulla", "build", "sdk-min", "sdk-target", "sdk-compile", "ndk", "agp"];

pub fn check(files: &[File], findings: &mut Findings) {
    let Some(catalogue) = files.iter().find(|it| it.path == CATALOGUE) else {
        return;
    };
    let versions = match versions(&catalogue.text) {
        Ok(versions) => versions,
        Err(why) => return findings.error(CATALOGUE, why),
    };
    let poms = || files.iter().filter(|it| it.path.ends_with("pom.xml"));
    for (name, version) in versions {
        let property = format!("{}.version", name.replace('-', "."));
        let mut named = false;
        for pom in poms() {
            if let Some(said) = element(&pom.text, &property) {
                named = true;
                if said != version {
                    findings.error(&pom.path, format_args!("{property} is {said}, and {version} in {CATALOGUE}"));
                }
            }
        }
        if !named && !GRADLE_ONLY.contains(&name.as_str()) {
            findings.error(CATALOGUE, format_args!("no POM has {property}"));
        }
    }
}

fn versions(text: &str) -> Result<BTreeMap<String, String>, String> {
    #[derive(serde::Deserialize)]
    struct Catalogue {
        versions: BTreeMap<String, String>,
    }
    toml::from_str::<Catalogue>(text).map(|it| it.versions).map_err(|error| error.to_string())
}

/// What stands between `<name>` and `</name>`.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(inside, _)| inside.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{errors, file};

    #[test]
    fn maven_says_what_gradle_says() {
        let catalogue = file(CATALOGUE, "[versions]\nkotlin = \"2.2.21\"\nandroidx-compose = \"1.7.6\"\nagp = \"8\"\n");
        let pom = |kotlin: &str| {
            file(
                "android/pom.xml",
                &format!(
                    "<kotlin.version>{kotlin}</kotlin.version><androidx.compose.version>1.7.6</androidx.compose.version>"
                ),
            )
        };
        let again = || file(&catalogue.path, &catalogue.text);
        assert!(errors(check, &[again(), pom("2.2.21")]).is_empty());
        assert_eq!(
            errors(check, &[again(), pom("2.2.20")]),
            ["android/pom.xml: kotlin.version is 2.2.20, and 2.2.21 in android/gradle/libs.versions.toml"]
        );
        assert_eq!(errors(check, &[again()]).len(), 2);
    }
}
