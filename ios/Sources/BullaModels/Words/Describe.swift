import Bulla

// What the library tells in codes and facts, in words.

/// Someone's name for one line, or what their id begins with.
public func nameOf(_ user: UserId, _ name: String?) -> String {
    if let name = name.map({ oneLine($0, 60) }), isVisible(name) { name } else { localpart(user) }
}

/// `name` of `@name:server`.
public func localpart(_ user: UserId) -> String {
    oneLine(String(user.drop { $0 == "@" }.prefix { $0 != ":" }), 60)
}

/// What two devices show to each other, both digits of it.
public func twoDigits(_ code: UInt8) -> String { (code < 10 ? "0" : "") + String(code) }

extension Words {
    public func title(_ room: RoomSummary) -> String { title(room.title) }

    public func title(_ title: RoomTitle) -> String {
        func line(_ names: [String]) -> String { names.map { oneLine($0, 60) }.joined(separator: ", ") }
        switch title {
        case .named(let text):
            let name = oneLine(text)
            return name.isEmpty ? emptyRoom : name
        case .people(let names, 0): return isolated(line(names))
        case .people(let names, let others): return andOthers(names: line(names), count: Int(others))
        case .empty([]): return emptyRoom
        case .empty(let former): return emptyRoomFormer(names: line(former))
        }
    }

    /// What happened, and what to do.
    public func problem(_ problem: Problem) -> String {
        switch problem {
        case .offline: problemOffline
        case .signInAgain(let soft): soft ? sessionEnded : deviceRemoved
        case .wait(let seconds): problemWait(count: seconds)
        case .notFound(.account): problemAccountGone
        case .notFound(.room): problemRoomGone
        case .notFound(.event): problemMessageGone
        case .notFound(.user): problemUserGone
        case .notFound(.device): problemDeviceGone
        case .notFound(.server): problemServerGone
        case .notFound(.picture): problemNoPicture
        case .notFound(.media): problemFileGone
        case .notFound(.code), .invalid(.picture, _): problemNoCode
        case .invalid(.link, _): problemLink
        case .invalid(.password, .wrong): problemPassword
        case .invalid(.pin, .wrong): problemPin
        case .invalid(.user, .wrong): problemOtherPerson
        case .invalid(.media, .tooLong): problemFileTooLarge
        case .invalid(_, .empty): problemEmpty
        case .invalid(_, .tooLong): problemTooLong
        case .invalid(_, .malformed), .invalid(_, .wrong): problemMalformed
        case .invalid(_, .notSecure): problemNotSecure
        case .invalid(_, .notAllowed): problemNotAllowed
        case .invalid(_, .tooShort): problemPasswordShort
        case .invalid(_, .tooWeak): problemPasswordWeak
        case .invalid(_, .noDigit): problemPasswordDigit
        case .invalid(_, .noSymbol): problemPasswordSymbol
        case .invalid(_, .noLower): problemPasswordLower
        case .invalid(_, .noUpper): problemPasswordUpper
        case .refused("M_FORBIDDEN"): problemForbidden
        case .refused("M_INVITE_BLOCKED"): problemInviteBlocked
        case .refused("ORG_MATRIX_EXPIRED_ACCOUNT"): accountExpired
        case .refused("access_denied"): problemBrowserDenied
        case .refused("OAUTH_UNSUPPORTED"): problemBrowserUnsupported
        case .refused("QR_CHECK_CODE"): problemDigits
        case .refused("QR_EXPIRED"): problemCodeExpired
        case .refused("QR_CANCELLED"): problemCodeCancelled
        case .refused("QR_UNSUPPORTED"): problemCodeUnsupported
        case .refused("QR_OTHER_SERVER"): problemOtherServer
        case .refused(let code) where browserCodes.contains(code): problemBrowser(code: code)
        case .refused(let code): problemRefused(code: code)
        case .untrusted(.certificate), .untrusted(.pin), .untrusted(.tlsVersion): problemCertificate
        case .untrusted(.deviceCertificate): problemDeviceCertificate
        case .untrusted(.notListed): problemNotListed
        case .untrusted(.noManifest), .untrusted(.manifestMalformed), .untrusted(.manifestSignature),
            .untrusted(.manifestOlder):
            problemManifest
        case .untrusted(.manifestExpired): problemManifestExpired
        case .untrusted(.manifestTooNew): problemManifestTooNew
        case .untrusted(.proofMissing), .untrusted(.proofMalformed), .untrusted(.proofSignature),
            .untrusted(.proofOtherServer):
            problemProof
        case .untrusted(.proofExpired), .untrusted(.proofNotYet): problemProofTime
        case .forbidden(.notProfessional): problemNotProfessional
        case .forbidden(.notInvited): problemNotInvited
        case .forbidden(.signInWay): problemSignInWay
        case .forbidden(.otherInstance): problemOtherInstance
        case .forbidden(.otherAccount): problemOtherAccount
        case .forbidden(.appLocked): appLocked
        case .forbidden(.appLockForced): appLockForced
        case .forbidden(.notScanned): problemNotScanned
        case .forbidden(.infected): problemInfected
        case .forbidden(.mediaType): problemFileType
        case .forbidden(.delegated): problemDelegated
        case .forbidden(.emailNotConfirmed): problemEmailNotConfirmed
        case .forbidden(.temporaryPassword): mustChoosePassword
        case .forbidden(.guest): problemGuest
        case .forbidden(.roomKind): problemRoomKind
        case .forbidden(.noExport): problemNoExport
        case .forbidden(.noPlace): problemNoPlace
        case .invalid(.place, _): problemPlace
        case .forbidden(.noEmailInvitations): problemNoEmailInvitations
        case .forbidden(.ending): problemEnding
        case .storage(.full): problemStorageFull
        case .storage: problemStorage
        case .closed: problemClosed
        case .unexpected(let reference): problemUnexpected(reference: reference)
        }
    }

    /// The same, where the code of another device was read.
    public func codeProblem(_ problem: Problem) -> String {
        if case .invalid(.link, _) = problem { problemNotThisCode } else { self.problem(problem) }
    }

    /// The same, where the code of a new device was read.
    public func linkProblem(_ problem: Problem) -> String {
        if case .invalid(.link, _) = problem { problemNotNewDevice } else { self.problem(problem) }
    }

    /// The same, where a picture of a person or a room was chosen.
    public func pictureProblem(_ problem: Problem) -> String {
        switch problem {
        case .invalid(.picture, .tooLong): problemPictureTooLarge
        case .invalid(.picture, _): problemNotAPicture
        default: self.problem(problem)
        }
    }

    /// The same, where somebody was to be invited.
    public func inviteProblem(_ problem: Problem) -> String {
        switch problem {
        case .forbidden(.guest): problemGuestNotAdmitted
        case .forbidden(.notProfessional): problemNobodysAddress
        default: pictureProblem(problem)
        }
    }

    /// The newest message of a conversation, on a line of the list.
    public func preview(_ room: RoomSummary, _ last: MessagePreview) -> String {
        let text = line(last.body, last.sender, last.senderName)
        if last.body.isNews { return text }
        if last.mine { return previewMine(text: text) }
        return room.directWith != nil ? isolated(text) : preview(name: nameOf(last.sender, last.senderName), text: text)
    }

    /// What a part of a conversation is called.
    public func part(_ part: Part) -> String {
        switch part {
        case .thread: thread
        case .around: earlier
        case .pinned: pins
        }
    }

    /// What a message says, on one line.
    public func line(_ body: MessageBody, _ sender: UserId, _ senderName: String?) -> String {
        switch body {
        case .text(.emote, let plain, _): oneLine("* \(nameOf(sender, senderName)) \(plain)")
        case .text(_, let plain, _): oneLine(plain)
        case .media(let kind, let name, _, _, _): "\(media(kind)) \(isolated(oneLine(name, 80)))"
        case .location(_, _, let place, let description): location(place, description)
        case .liveLocation(_, _, let until, let place, _, let ended): liveLocation(until, place, ended: ended)
        case .gallery(_, let parts, let more): gallery(parts, Int(more))
        case .poll(let question, _, _, _, _, _): poll(question: oneLine(question))
        case .covered(let kind): covered(kind)
        case .opened: openedGone
        case .redacted: messageDeleted
        case .undecryptable(let why): undecryptable(why)
        case .call(let kind, let video, _): call(kind, isVideo: video ?? false)
        case .unknown: unknownMessage
        case .member, .profile, .state: news(body, nameOf(sender, senderName)) ?? ""
        }
    }

    /// What happened to the conversation; nothing for what somebody said.
    public func news(_ body: MessageBody, _ sender: String) -> String? {
        switch body {
        case .member(let user, let name, let change, _): membership(change, sender, nameOf(user, name))
        case .profile(let user, let old, let new, let avatar):
            renamed(nameOf(user, old), nameOf(user, new), avatarChanged: avatar)
        case .state(.created, _): stateCreated(name: sender)
        case .state(.name, let value): stateName(name: sender, value: oneLine(value ?? ""))
        case .state(.topic, let value): stateTopic(name: sender, value: oneLine(value ?? ""))
        case .state(.avatar, _): stateAvatar(name: sender)
        case .state(.guestAccess, _): stateGuests(name: sender)
        case .state(.pinnedEvents, _): statePinned(name: sender)
        case .state(.encryption, _): stateEncryption
        case .state(let kind, _): setting(kind, sender)
        default: nil
        }
    }

    public func undecryptable(_ why: UndecryptableReason) -> String {
        switch why {
        case .waiting: undecryptableWaiting
        case .beforeJoining: undecryptableBeforeJoining
        case .beforeThisDevice, .deviceNotSigned: undecryptableBeforeDevice
        case .senderChanged, .senderNotSigned: undecryptableTrust
        case .unknownAlgorithm: undecryptableAlgorithm
        }
    }

    public func media(_ kind: MediaKind) -> String {
        switch kind {
        case .image: mediaImage
        case .video: mediaVideo
        case .audio: mediaAudio
        case .voice: mediaVoice
        case .file: mediaFile
        case .sticker: mediaSticker
        }
    }

    /// How a message of this person stands.
    public func state(of event: EventItem) -> String {
        switch event.sendState {
        case .sending: stateSending
        case .failed(_, retrying: true): stateWaiting
        case .failed(let why, retrying: false): trouble(why)
        case .accepted: stateSent
        case .delivered: event.readBy.isEmpty ? stateSent : stateRead(count: event.readBy.count)
        }
    }

    public func trouble(_ why: SendTrouble) -> String {
        switch why {
        case .offline, .wait: stateWaiting
        case .rejected: failedRejected
        case .tooLarge: failedTooLarge
        case .identityChanged: failedIdentity
        case .unsignedDevices: failedDevices
        case .deviceNotSigned: failedDevice
        case .other: failedOther
        }
    }

    public func shield(_ shield: Shield) -> String {
        switch shield {
        case .authenticityNotGuaranteed: shieldAuthenticity
        case .unknownDevice, .unsignedDevice, .unverifiedIdentity: shieldDevice
        case .identityChanged: shieldIdentity
        case .mismatchedSender: shieldSender
        case .sentInClear: shieldClear
        }
    }

    /// What sort of conversation it is.
    public func kind(_ kind: RoomKind) -> String {
        switch kind {
        case .direct, .private: kindPrivate
        case .privateWithGuests: kindWithGuests
        case .privateUnencrypted: kindUnencrypted
        case .forum: kindForum
        case .space: kindSpace
        }
    }

    /// What follows from it.
    public func kindHint(_ kind: RoomKind) -> String? {
        switch kind {
        case .private: kindPrivateHint
        case .privateWithGuests: kindWithGuestsHint
        case .privateUnencrypted: kindUnencryptedHint
        case .forum: kindForumHint
        case .space: kindSpaceHint
        case .direct: nil
        }
    }

    /// Why people may not be invited here, where there is something to say of it.
    public func refused(_ why: Refusal?) -> String? {
        switch why {
        case .needsRole(let needed): role(needed).map { refusedRole(role: $0) }
        case .guest: refusedGuest
        case .notMember, .kind, .alreadySo, nil: nil
        }
    }

    public func role(_ role: MemberRole) -> String? {
        switch role {
        case .creator: roleCreator
        case .administrator: roleAdministrator
        case .moderator: roleModerator
        case .participant: nil
        }
    }

    public func typing(_ users: [UserId], _ names: [UserId: String]) -> String? {
        let shown = users.map { nameOf($0, names[$0]) }
        return switch shown.count {
        case 0: nil
        case 1: typingOne(name: shown[0])
        case 2: typingTwo(first: shown[0], second: shown[1])
        default: typingMany(count: shown.count)
        }
    }

    private func renamed(_ old: String, _ new: String, avatarChanged: Bool) -> String {
        if old != new { return profileRenamed(old: old, new: new) }
        return avatarChanged ? profileAvatar(name: new) : profileChanged(name: new)
    }

    private func membership(_ change: MembershipKind, _ sender: String, _ name: String) -> String {
        switch change {
        case .joined, .invitationAccepted, .knockAccepted: memberJoined(name: name)
        case .left: memberLeft(name: name)
        case .invited: memberInvited(sender: sender, name: name)
        case .invitationDeclined: memberDeclined(name: name)
        case .invitationRevoked: memberRevoked(sender: sender, name: name)
        case .removed: memberRemoved(sender: sender, name: name)
        case .banned: memberBanned(sender: sender, name: name)
        case .unbanned: memberUnbanned(sender: sender, name: name)
        case .knocked: memberKnocked(name: name)
        case .knockRetracted, .knockDenied, .other: memberChanged(name: name)
        }
    }
}

extension MessageBody {
    /// Whether this is about the conversation, and said by nobody.
    public var isNews: Bool {
        switch self {
        case .member, .profile, .state: true
        default: false
        }
    }
}

/// What signing in through the browser comes to, where there is no more to be said of it.
private let browserCodes: Set = [
    "OAUTH_STATE", "OAUTH_ISSUER", "OAUTH_REFUSED", "OAUTH_ERROR", "QR_REFUSED", "account_selection_required", "consent_required",
    "interaction_required", "invalid_request", "invalid_scope", "login_required", "unauthorized_client",
    "unsupported_response_type",
]
