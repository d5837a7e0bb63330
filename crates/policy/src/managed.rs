//! The device's management (MDM): it narrows what the manifest allows and never widens it.

use std::collections::{BTreeMap, HashMap};

use bulla_model::{ManagedRules, Manifest, Rule, RuleSource, Unheard, UnheardReason};

/// The key under which the device's management may hand in a manifest of its own, signed as any other.
pub const MANAGED_MANIFEST: &str = "manifest";
const INSTANCE: &str = "instance";

/// What is in force for `manifest` after `map` was heard.
pub fn managed(manifest: Option<&Manifest>, map: &HashMap<String, String>) -> ManagedRules {
    let session = manifest.map(|manifest| manifest.session.clone()).unwrap_or_default();
    let said = |on: bool| Rule { on, by: if on { RuleSource::Manifest } else { RuleSource::Default } };
    let mut rules = ManagedRules {
        instance: None,
        app_lock: said(session.app_lock),
        no_screenshots: said(!session.screenshots),
        no_other_accounts: said(!session.other_accounts),
        no_export: said(!session.export),
        unheard: Vec::new(),
    };
    // In order, so that the same map always tells the same.
    for (key, value) in map.iter().collect::<BTreeMap<_, _>>() {
        if let Err(why) = hear(&mut rules, manifest, key, value.trim()) {
            rules.unheard.push(Unheard { key: key.clone(), why });
        }
    }
    rules
}

fn hear(rules: &mut ManagedRules, manifest: Option<&Manifest>, key: &str, value: &str) -> Result<(), UnheardReason> {
    let rule = match key {
        // The core adopts it, or tells why not.
        MANAGED_MANIFEST => return Ok(()),
        INSTANCE => return force_instance(rules, manifest, value),
        "app_lock" => &mut rules.app_lock,
        "no_screenshots" => &mut rules.no_screenshots,
        "no_other_accounts" => &mut rules.no_other_accounts,
        "no_export" => &mut rules.no_export,
        _ => return Err(UnheardReason::UnknownKey),
    };
    match value {
        "true" => {
            if !rule.on {
                *rule = Rule { on: true, by: RuleSource::Managed };
            }
            Ok(())
        }
        "false" if rule.on => Err(UnheardReason::Wider),
        "false" => Ok(()),
        _ => Err(UnheardReason::WrongValue),
    }
}

fn force_instance(rules: &mut ManagedRules, manifest: Option<&Manifest>, server: &str) -> Result<(), UnheardReason> {
    if server.is_empty() {
        return Err(UnheardReason::WrongValue);
    }
    // Kept even where it is not listed: no server passes then, which is narrower than all of them.
    rules.instance = Some(server.to_owned());
    let listed = manifest.is_some_and(|manifest| manifest.instances.iter().any(|instance| instance.server == server));
    if listed { Ok(()) } else { Err(UnheardReason::NotListed) }
}
