import Bulla

extension Words {
    /// How good a password of this score is, of 0 to 4.
    public func strength(_ score: UInt8) -> String {
        switch score {
        case 0: strengthWorst
        case 1: strengthWeak
        case 2: strengthFair
        case 3: strengthGood
        default: strengthBest
        }
    }

    /// Why it is not better, or what would make it so.
    public func hint(_ hint: PasswordHint) -> String {
        switch hint {
        case .common: hintCommon
        case .personal: hintPersonal
        case .name: hintName
        case .word: hintWord
        case .keyboardRow: hintKeyboard
        case .repeats: hintRepeats
        case .sequence: hintSequence
        case .date: hintDate
        case .short: hintShort
        case .addWords: hintAddWords
        }
    }

    /// What a password has to be, a line each.
    public func demands(_ policy: PasswordPolicy) -> [String] {
        [
            policy.minLength > 0 ? demandLength(count: Int(policy.minLength)) : nil,
            policy.digit ? demandDigit : nil,
            policy.symbol ? demandSymbol : nil,
            policy.lower ? demandLower : nil,
            policy.upper ? demandUpper : nil,
            policy.strength > 0 ? demandStrength(level: strength(policy.strength)) : nil,
        ].compactMap(\.self)
    }
}
