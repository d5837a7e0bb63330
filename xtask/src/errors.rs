//! The table of `Failure`, from what the library says of itself.

use std::path::Path;

use anyhow::{Context, Result, bail};
use uniffi_bindgen::{BindgenLoader, BindgenPaths, GlobalConfig};
use uniffi_meta::{EnumMetadata, Metadata, Type};

/// Each variant of the public error with its fields, as a page for app developers.
pub fn table(library: &Path) -> Result<String> {
    let path = library.to_str().context("a path that is not UTF-8")?;
    let loader = BindgenLoader::new(BindgenPaths::default(), GlobalConfig::default());
    let groups = loader.load_metadata(path.into())?;
    let enums: Vec<EnumMetadata> = groups
        .into_values()
        .flat_map(|group| group.items)
        .filter_map(|item| match item {
            Metadata::Enum(it) => Some(it),
            _ => None,
        })
        .collect();
    let mut text = String::from("<!-- By `cargo xtask api`. -->\n# Failure\n\n");
    let Some(failure) = enums.iter().find(|it| it.name == "Failure") else {
        text.push_str("Nothing that can fail is exported yet.\n");
        return Ok(text);
    };
    text.push_str(&format!(
        "{}\n\n| variant | field | meaning |\n|---|---|---|\n",
        documentation("Failure", &failure.docstring)?
    ));
    let mut kinds = Vec::new();
    for variant in &failure.variants {
        let about = documentation(&variant.name, &variant.docstring)?;
        text.push_str(&format!("| `{}` | | {about} |\n", variant.name));
        for field in &variant.fields {
            let about = documentation(&field.name, &field.docstring)?;
            text.push_str(&format!("| | `{}: {}` | {about} |\n", field.name, name(&field.ty)));
            kinds.extend(enums.iter().filter(|it| it.name == name(&field.ty)));
        }
    }
    for kind in kinds {
        text.push_str(&format!(
            "\n## {}\n\n{}\n\n| value | meaning |\n|---|---|\n",
            kind.name,
            documentation(&kind.name, &kind.docstring)?
        ));
        for variant in &kind.variants {
            text.push_str(&format!("| `{}` | {} |\n", variant.name, documentation(&variant.name, &variant.docstring)?));
        }
    }
    Ok(text)
}

/// On one line, with what a table would trip over taken care of.
fn documentation(name: &str, text: &Option<String>) -> Result<String> {
    match text {
        Some(text) => Ok(text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")),
        None => bail!("`{name}` has no documentation"),
    }
}

fn name(kind: &Type) -> String {
    match kind {
        Type::Enum { name, .. } | Type::Record { name, .. } | Type::Object { name, .. } => name.clone(),
        Type::Custom { name, .. } => name.clone(),
        Type::Optional { inner_type } => format!("{}?", name(inner_type)),
        other => format!("{other:?}"),
    }
}
