//! A list of devices.

use std::{cmp::Reverse, collections::BTreeSet};

use bulla_model::DeviceInfo;

/// Says which devices are new, given those that are known, and puts them in the order in which a person looks at them: this one,
/// the new ones, the others; the last seen first.
pub fn judge_devices(devices: &mut [DeviceInfo], known: &BTreeSet<String>) {
    for device in devices.iter_mut() {
        device.new = !device.current && !known.contains(device.id.as_str());
    }
    devices.sort_by_key(|device| (!device.current, !device.new, Reverse(device.last_seen), device.id.0.clone()));
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use bulla_model::DeviceId;

    use super::*;

    #[test]
    fn this_one_then_the_new_ones_then_the_last_seen() {
        let device = |id: &str, seen: u64, current| DeviceInfo {
            id: DeviceId(id.into()),
            name: None,
            last_seen: (seen > 0).then(|| SystemTime::UNIX_EPOCH + Duration::from_secs(seen)),
            last_address: None,
            current,
            verified: true,
            new: false,
        };
        let mut devices =
            [device("NEVER", 0, false), device("OLD", 5, false), device("HERE", 1, true), device("NEW", 3, false)];
        judge_devices(&mut devices, &BTreeSet::from(["OLD".to_owned(), "NEVER".to_owned()]));
        let order: Vec<_> = devices.iter().map(|device| (device.id.as_str(), device.new)).collect();
        assert_eq!(order, [("HERE", false), ("NEW", true), ("OLD", false), ("NEVER", false)]);
    }
}
