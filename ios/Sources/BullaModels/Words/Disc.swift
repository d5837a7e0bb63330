import Foundation

/// The disc that stands for someone, or for a conversation: initials, on a colour that the id gives.
public enum Disc {
    /// A colour, each part from 0 to 1.
    public struct Shade: Equatable, Sendable {
        public let red: Double
        public let green: Double
        public let blue: Double

        /// How far white text on it stands apart, 1 to 21, as WCAG counts it.
        public var contrastWithWhite: Double {
            func linear(_ part: Double) -> Double { part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4) }
            return 1.05 / (0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue) + 0.05)
        }
    }

    /// Every one dark enough for white text: a test computes it.
    public static let shades: [Shade] = [
        0x8F2D56, 0x7A3E9D, 0x4B4FAE, 0x1F5FA8, 0x0B6E74, 0x256D3B, 0x6B6311, 0x8A4B14, 0x9C2F2F, 0x54606E,
    ].map { Shade(red: part($0, 16), green: part($0, 8), blue: part($0, 0)) }

    /// The same for the same id on every device.
    public static func shade(of id: String) -> Shade {
        let sum = id.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return shades[Int(sum % UInt32(shades.count))]
    }

    /// The first letters of the first and the last word.
    public static func initials(of name: String) -> String {
        let words = oneLine(name).split(separator: " ").compactMap { $0.first(where: { $0.isLetter || $0.isNumber }) }
        let letters = words.count > 1 ? [words[0], words[words.count - 1]] : words
        return letters.isEmpty ? "#" : String(letters).uppercased()
    }

    private static func part(_ colour: Int, _ shift: Int) -> Double { Double(colour >> shift & 0xFF) / 255 }
}
