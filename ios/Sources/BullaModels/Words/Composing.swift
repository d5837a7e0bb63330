import Bulla

extension Words {
    /// What a command does.
    public func command(_ name: CommandName) -> String {
        switch name {
        case .me: commandMe
        case .plain: commandPlain
        case .shrug: commandShrug
        case .topic: commandTopic
        case .nick: commandNick
        case .invite: commandInvite
        case .join: commandJoin
        case .leave: commandLeave
        case .kick: commandKick
        case .ban: commandBan
        case .unban: commandUnban
        case .help: commandHelp
        }
    }

    /// What is typed for it: `/kick @person:server (reason, optional)`.
    public func usage(_ hint: CommandHint) -> String {
        ([hint.typed] + hint.arguments.map { $0 == .reason ? "(\(argument($0)))" : argument($0) }).joined(separator: " ")
    }

    public func argument(_ argument: CommandArgument) -> String {
        switch argument {
        case .text: argumentText
        case .name: argumentName
        case .user: argumentUser
        case .room: argumentRoom
        case .reason: argumentReason
        }
    }

    /// What is said of a line, in place of doing what it says; nil where a list of commands is shown.
    public func answer(_ answer: Commands.Answer) -> String? {
        switch answer {
        case .refused(let why): whyNot(why)
        case .unknown(let name): commandUnknown(name: oneLine(name, 32))
        case .help: nil
        case .wrong(let name, let part, let trouble):
            commandWrong(
                command: commandHints(begun: "/").first { $0.name == name }?.typed ?? "/",
                why: wrong(part, trouble))
        }
    }

    private func wrong(_ part: CommandArgument, _ trouble: FieldTrouble) -> String {
        switch trouble {
        case .empty: wrongMissing(argument: argument(part))
        case .tooLong: wrongLong
        case .notAllowed: wrongMore
        default: wrongForm(argument: argument(part))
        }
    }

    /// Why nothing can be scheduled.
    public func noScheduling(_ why: NoScheduling) -> String {
        switch why {
        case .notMember: notAllowedOutside
        case .encrypted: noSchedulingEncrypted
        case .server: noSchedulingServer
        }
    }

    /// The same as `problem`, where a moment was chosen.
    public func schedulingProblem(_ problem: Problem) -> String {
        if case .invalid(.date, _) = problem { sendLaterPast } else { self.problem(problem) }
    }

    /// How much of a thread is unread; nil where nothing is.
    public func unread(_ reading: ThreadReading?) -> String? {
        guard let reading, reading.unread > 0 else { return nil }
        let count = reading.unread >= 50 ? threadUnreadMany : threadUnread(count: Int(reading.unread))
        return reading.mentions == 0 ? count : "\(count), \(threadMentions(count: Int(reading.mentions)))"
    }
}
