import Bulla
import Observation

/// Where a shell learns where the device is.
@MainActor
public protocol PlacePort: AnyObject {
    /// Asks the person where they have not been asked yet. Nil where they said no, it is switched off, or nothing is known.
    func here() async -> Place?

    /// How long to wait between two questions while a place is shared as it changes.
    var pace: Duration { get }
}

extension PlacePort {
    public var pace: Duration { .seconds(15) }
}

/// A place that is about to be sent: typed, pasted, or told by the device; shown before it goes.
@MainActor
@Observable
public final class Placing {
    /// What was typed or pasted: `geo:` or degrees.
    public private(set) var text = ""
    public var about = ""
    /// What will be sent.
    public private(set) var place: Place?
    public private(set) var isLooking = false
    /// The device could not tell where it is.
    public private(set) var isUnknown = false
    /// The text is no place.
    public private(set) var problem: Problem?

    @ObservationIgnored private let port: (any PlacePort)?

    init(_ port: (any PlacePort)?) { self.port = port }

    /// Whether there is something that knows where the device is.
    public var locates: Bool { port != nil }

    public func setText(_ text: String) {
        (self.text, isUnknown, problem, place) = (text, false, nil, nil)
        if text.trimmed.isEmpty { return }
        do {
            place = try readPlace(text: text)
        } catch let failure as Failure {
            problem = .of(failure)
        } catch {
            problem = .invalid(.place, .malformed)
        }
    }

    /// Asks the device.
    public func locate() async {
        guard let port, !isLooking else { return }
        (isLooking, isUnknown) = (true, false)
        let found = await port.here()
        isLooking = false
        if let found { (text, problem, place) = ("", nil, found) } else { isUnknown = true }
    }
}
