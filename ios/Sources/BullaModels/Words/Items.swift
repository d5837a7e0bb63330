import Bulla
import Foundation

// What a conversation holds besides texts, in words.

extension Words {
    /// Where something is: what the sender says of it, or its degrees.
    public func location(_ place: Place?, _ description: String?) -> String {
        guard let place else { return location }
        let described = description.map { oneLine($0, 80) } ?? ""
        return locationAt(place: described.isEmpty ? degrees(place) : isolated(described))
    }

    public func liveLocation(_ until: Date, _ place: Place?, ended: Bool) -> String {
        let told = ended ? liveLocationEnded : liveLocation(time: time(until))
        return [told, place.map(degrees)].compactMap { $0 }.joined(separator: " · ")
    }

    public func gallery(_ parts: [GalleryPart], _ more: Int) -> String {
        let names = parts.map { isolated(oneLine($0.name, 60)) }.joined(separator: ", ")
        return gallery(names: more == 0 ? names : andOthers(names: names, count: more))
    }

    public func call(_ kind: CallKind, isVideo: Bool) -> String {
        switch kind {
        case .invited, .begun: isVideo ? callVideo : call
        case .answered: callAnswered
        case .declined: callDeclined
        case .ended: callEnded
        }
    }

    /// How exact a place is.
    public func degrees(_ place: Place) -> String {
        func number(_ millionths: Int32) -> String { String(format: "%.5f", Double(millionths) / 1_000_000) }
        let at = "\(number(place.latitude)), \(number(place.longitude))"
        return place.accuracy.map { "\(at), \(placeAccuracy(count: Int($0)))" } ?? at
    }

    /// How far marking everything as read is, or what came of it.
    public func marking(_ told: MarkedRead) -> String {
        if told.done + told.failed < told.total { return markingAllRead(done: String(told.done), total: String(told.total)) }
        return told.failed > 0 ? markAllReadFailed(count: Int(told.failed)) : markedAllRead(count: Int(told.done))
    }

    /// Why a name may be taken for another.
    public func doubt(_ doubt: NameDoubt) -> String {
        switch doubt {
        case .mixedAlphabets: nameMixed
        case .lookAlike: nameLookAlike
        case .hidden: nameHidden
        }
    }

    public func emoji(_ kind: EmojiKind) -> String {
        switch kind {
        case .faces: emojiFaces
        case .people: emojiPeople
        case .nature: emojiNature
        case .food: emojiFood
        case .places: emojiPlaces
        case .activities: emojiActivities
        case .things: emojiThings
        case .symbols: emojiSymbols
        case .flags: emojiFlags
        }
    }

    /// A setting of the conversation that `sender` changed.
    func setting(_ kind: StateKind, _ sender: String) -> String {
        switch kind {
        case .joinRules: stateJoinRules(name: sender)
        case .historyVisibility: stateHistory(name: sender)
        case .powerLevels: statePowers(name: sender)
        case .address: stateAddress(name: sender)
        case .replaced: stateReplaced(name: sender)
        case .serverAccess: stateServers(name: sender)
        case .visitors: stateVisitors(name: sender)
        case .emailInvitation: stateEmailInvitation(name: sender)
        case .spaceChild, .spaceParent: stateSpace(name: sender)
        case .moderationRule: stateModeration(name: sender)
        case .ending: stateEnding(name: sender)
        case .retention: stateRetention(name: sender)
        default: stateOther(name: sender)
        }
    }
}
