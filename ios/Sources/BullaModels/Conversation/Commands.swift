import Bulla
import Observation

/// What lines that begin with a slash ask for, in one composer.
@MainActor
@Observable
public final class Commands {
    /// What the person is told of a line, in place of doing what it says.
    public enum Answer: Equatable, Sendable {
        case wrong(CommandName, CommandArgument, FieldTrouble)
        case refused(Refusal)
        /// It may be meant as a message.
        case unknown(String)
        case help
    }

    /// Commands that may be meant by what is typed.
    public private(set) var hints: [CommandHint] = []
    public internal(set) var answer: Answer?

    enum Reading {
        case message
        case run(Command)
        case answered
    }

    public func answerSeen() { answer = nil }

    func suggest(_ text: String) {
        let begun = text.hasPrefix("/") && !text.dropFirst().contains { !$0.isLetter }
        let found = begun ? commandHints(begun: text) : []
        if found != hints { hints = found }
    }

    /// What is to be done with a line.
    func read(_ text: String, _ abilities: [RoomAction: Refusal?]) -> Reading {
        switch readLine(text: text) {
        case .message: return .message
        case .command(let command, let needs):
            guard let why = needs.flatMap({ abilities[$0] ?? nil }) else { return .run(command) }
            answer = .refused(why)
        case .wrong(let name, let argument, let why): answer = .wrong(name, argument, why)
        case .unknown(let name): answer = .unknown(name)
        }
        return .answered
    }
}
