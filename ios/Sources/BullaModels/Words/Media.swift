import Bulla
import Foundation

// Files, pictures and voice, in words.

extension Words {
    /// What a file is and what it is called, for whoever does not see it.
    public func mediaNamed(_ kind: MediaKind, _ name: String, _ size: UInt64?, _ details: MediaDetails) -> String {
        let what = kind == .voice ? mediaVoice : mediaNamed(kind: media(kind), name: isolated(oneLine(name, 80)))
        return [what, details.duration.map(clock), size.map(self.size)].compactMap { $0 }.joined(separator: ", ")
    }

    /// Why a file cannot be opened, or not yet; nil where it can. `scanned` says whether there is an antivirus at all.
    public func standing(_ state: FileState, scanned: Bool) -> String? {
        switch state.scan {
        case .clean: nil
        case .waiting: state.problem.map(problem) ?? (scanned ? scanWaiting : loading)
        case .infected: problemInfected
        case .typeNotAllowed: problemFileType
        case .gone: problemFileGone
        case .unavailable: problemNotScanned
        }
    }

    public func transferred(_ transfer: Transfer) -> String {
        transfer.total.map { transferred(done: size(transfer.done), total: size($0)) } ?? size(transfer.done)
    }

    public func standing(_ upload: Upload) -> String {
        switch upload.state {
        case .waiting: uploadWaiting
        case .uploading: uploadSending(percent: percent(count: percentage(upload.sent, of: upload.size)))
        case .failed(.tooLarge): problemFileTooLarge
        case .failed(let why): trouble(why)
        }
    }

    public func sound(_ trouble: SoundTrouble) -> String {
        switch trouble {
        case .noInput: soundNoInput
        case .noOutput: soundNoOutput
        case .notAllowed: soundNotAllowed
        case .format: soundFormat
        }
    }

    public func size(_ count: UInt64) -> String {
        func tenths(_ whole: Double) -> String {
            (Double(count) / whole).formatted(.number.precision(.fractionLength(1)).locale(locale))
        }
        return switch count {
        case ..<1_000: bytes(size: "\(count)")
        case ..<1_000_000: kilobytes(size: "\((count + 500) / 1_000)")
        case ..<100_000_000: megabytes(size: tenths(1_000_000))
        case ..<1_000_000_000: megabytes(size: "\((count + 500_000) / 1_000_000)")
        default: gigabytes(size: tenths(1_000_000_000))
        }
    }
}

/// How much of `whole` is `done`, from 0 to 100.
public func percentage(_ done: UInt64, of whole: UInt64) -> Int {
    whole == 0 ? 0 : min(max(Int(Double(done) / Double(whole) * 100), 0), 100)
}

/// Minutes and seconds, such as 1:05.
public func clock(_ duration: TimeInterval) -> String {
    let seconds = duration.isFinite ? Int(min(max(duration, 0), 359_999)) : 0
    let rest = String(format: "%02d", seconds % 60)
    if seconds < 3_600 { return "\(seconds / 60):\(rest)" }
    return "\(seconds / 3_600):" + String(format: "%02d", seconds / 60 % 60) + ":\(rest)"
}
