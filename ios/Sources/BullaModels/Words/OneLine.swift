/// A name for one line: bounded, without line breaks and without what cannot be seen.
public func oneLine(_ text: String, _ limit: Int = 200) -> String {
    var line = String.UnicodeScalarView()
    // Letters may be made of very many marks: bounded before anything looks at them whole.
    for scalar in text.unicodeScalars.prefix(limit * 4) where !turns(scalar) && !invisible.contains(scalar) {
        let breaks = scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
        line.append(breaks ? " " : scalar)
    }
    let words = String(line).split(separator: " ", omittingEmptySubsequences: true)
    return String(words.joined(separator: " ").prefix(limit))
}

/// Whether anything of this would be seen: a name of joiners and blanks alone is none.
func isVisible(_ name: String) -> Bool {
    name.unicodeScalars.contains { scalar in
        !scalar.properties.isWhitespace && scalar.properties.generalCategory != .format
            && scalar != "\u{3164}" && scalar != "\u{2800}"
    }
}

/// What turns the direction of the text that follows.
private func turns(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
}

/// What only serves to make two names look alike. Joiners stay, where scripts and emoji need them.
private let invisible: Set<Unicode.Scalar> = ["\u{200B}", "\u{2060}", "\u{FEFF}", "\u{AD}", "\u{180E}", "\u{61C}"]
