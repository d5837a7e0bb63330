import Bulla
import Foundation

// Messages that end, in words.

extension Words {
    /// So much time in its largest unit, rounded up.
    public func span(_ duration: TimeInterval) -> String {
        let seconds = Int(min(max(duration.rounded(.up), 0), 4_000_000_000))
        func whole(_ unit: Int) -> Int { (seconds + unit - 1) / unit }
        return switch seconds {
        case ..<60: secondsCount(count: seconds)
        case ..<3_600: minutesCount(count: whole(60))
        case ..<86_400: hoursCount(count: whole(3_600))
        default: daysCount(count: whole(86_400))
        }
    }

    public func lifetime(_ lifetime: Lifetime?) -> String {
        switch lifetime {
        case nil: endingNever
        case .fromSending(let after): endingAfterSending(time: span(after))
        case .fromReading(let after): endingAfterReading(time: span(after))
        case .once: endingOnce
        }
    }

    /// What a row says of its end; nil where its body says it.
    public func ending(_ ending: Ending, now: Date) -> String? {
        switch ending.state {
        case .notBegun: if case .fromReading(let after) = ending.lifetime { endingNotBegun(time: span(after)) } else { nil }
        case .due(let at): endingLeft(time: span(at.timeIntervalSince(now)))
        case .covered, .opened: nil
        }
    }

    public func covered(_ kind: MediaKind?) -> String { kind.map { coverMedia(kind: media($0)) } ?? coverText }

    public func limit(_ limit: EndingLimit) -> String {
        switch limit {
        case .otherClients: endingOtherApps
        case .pictures: endingPictures
        case .serverCopy: endingServer
        }
    }

    public func retention(_ retention: Retention) -> String {
        retention.effective.map { retentionOlder(time: span($0)) } ?? retentionForEver
    }
}
