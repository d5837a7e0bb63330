import Foundation
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Somebody whom the stand-in of ProConnect knows, and who they are on the homeserver that relies on it.
struct KnownPerson: Decodable {
    let userId: String
    let email: String
}

/// The servers of this run, and their control endpoint: see `crates/testkit`.
struct Deployment: Decodable {
    struct Server: Decodable {
        let name: String
        let clientUrl: String
        let tlsUrl: String?
    }

    struct GivenUser: Decodable {
        let userId: String
        let password: String
    }

    let servers: [Server]
    /// None at somebody else's server.
    let control: String?
    /// Who may sign in at somebody else's server.
    let users: [GivenUser]

    /// What `BULLA_DEPLOYMENT` describes.
    static func current() throws -> Deployment {
        guard let file = ProcessInfo.processInfo.environment["BULLA_DEPLOYMENT"], !file.isEmpty else {
            throw Trouble("there is no deployment to test against: run `cargo xtask test swift`, which starts one")
        }
        return try decoded(Data(contentsOf: URL(fileURLWithPath: file)))
    }

    /// Whether it is one of our own. True also where there is none, so that a test fails and says so.
    static var isOurs: Bool { (try? current()).map { $0.control != nil } ?? true }

    /// A new user of a server of ours; the next one that was given, at somebody else's.
    static func newUser(on server: Int) async throws -> User {
        let deployment = try current()
        if deployment.control != nil {
            return try await ask("POST", "/users", ["server": server])
        }
        let given = try GivenUsers.shared.next(of: deployment.users)
        return User(userId: given.userId, password: given.password, homeserver: deployment.servers[0].clientUrl)
    }

    /// Ends every device of a user.
    static func logOut(_ user: User) async throws {
        let _: Nothing = try await ask("POST", "/users/logout", ["user_id": user.userId])
    }

    /// Where the homeserver is that leaves signing in to an authentication service.
    static func sovereign() async throws -> String {
        struct Place: Decodable { let clientUrl: String }
        let place: Place = try await ask("POST", "/sovereign", [String: String]())
        return place.clientUrl
    }

    /// Where the antivirus is, which fetches through server 0. None at somebody else's server, and where it cannot be
    /// installed.
    static func scanner() async throws -> String? {
        struct Place: Decodable { let url: String }
        guard isOurs else { return nil }
        do {
            let place: Place = try await ask("POST", "/scanner", [String: String]())
            return place.url
        } catch let trouble as Trouble where trouble.status == 501 {
            return nil
        }
    }

    /// Somebody whom the stand-in of ProConnect knows, and no other test.
    static func newPerson() async throws -> KnownPerson {
        try await ask("POST", "/sovereign/people", [String: String]())
    }

    /// Does in a browser what a person would to sign in, and returns where the app is called back.
    static func browse(_ url: String, as person: KnownPerson, allow: Bool) async throws -> String {
        struct Browse: Encodable {
            let url: String
            let email: String
            let allow: Bool
        }
        struct Callback: Decodable { let callback: String }
        let browse = Browse(url: url, email: person.email, allow: allow)
        let answer: Callback = try await ask("POST", "/sovereign/browse", browse)
        return answer.callback
    }

    /// Gives a user an e-mail address that no other test has.
    static func giveEmail(_ user: User) async throws -> String {
        let email = "\(user.localpart)@agent.test"
        let _: Nothing = try await ask("POST", "/users/email", ["user_id": user.userId, "email": email])
        return email
    }

    /// Has the identity server know an address as this user's, who has confirmed it.
    static func bindEmail(_ user: User, _ email: String) async throws {
        let binding = [
            "user_id": user.userId, "localpart": user.localpart, "password": user.password, "homeserver": user.homeserver,
            "email": email,
        ]
        let _: Nothing = try await ask("POST", "/identity/bind", binding)
    }

    /// Has a user's account end now.
    static func expire(_ user: User) async throws {
        struct Validity: Encodable {
            let user_id: String
            let seconds: Int
        }
        let _: Nothing = try await ask("POST", "/users/validity", Validity(user_id: user.userId, seconds: -1))
    }

    /// Has a user's password be one that has to be changed.
    static func makeTemporary(_ user: User) async throws {
        let _: Nothing = try await ask("POST", "/users/temporary", ["user_id": user.userId])
    }

    /// Waits for the first mail to `email`, and does with its link what a person would.
    static func followMail(_ email: String) async throws {
        struct Mail: Decodable { let text: String }
        let text = try await within("a mail") {
            while true {
                let mails: [Mail] = try await ask("POST", "/mails", ["to": email])
                if let mail = mails.first { return mail.text }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        guard let link = text.split(whereSeparator: \.isWhitespace).first(where: { $0.hasPrefix("http") }) else {
            throw Trouble("no link in \(text)")
        }
        let _: Nothing = try await ask("POST", "/mails/follow", ["link": String(link)])
    }

    /// Which of these texts are somewhere in what the servers keep.
    static func search(_ texts: String...) async throws -> [String] {
        struct Hit: Decodable { let text: String }
        let hits: [Hit] = try await ask("POST", "/search", ["texts": texts])
        return hits.map(\.text)
    }

    /// Asks the control endpoint.
    static func ask<Answer: Decodable>(_ method: String, _ path: String, _ body: (any Encodable)? = nil) async throws
        -> Answer
    {
        guard let control = try current().control else { throw Trouble("this needs a deployment of our own") }
        return try await request(method, control + path, body)
    }

    /// Asks any server.
    static func request<Answer: Decodable>(
        _ method: String, _ url: String, _ body: (any Encodable)? = nil, token: String? = nil
    ) async throws -> Answer {
        guard let address = URL(string: url) else { throw Trouble("\(url) is not an address") }
        var request = URLRequest(url: address)
        request.httpMethod = method
        // What runs for the first test that asks may have to be installed.
        request.timeoutInterval = 300
        if let body {
            request.httpBody = try JSONEncoder().encode(body)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        if let token {
            request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode
        guard status == 200 else {
            throw Trouble("\(method) \(url): \(String(decoding: data, as: UTF8.self))", status: status)
        }
        return try decoded(data)
    }

    private static func decoded<Answer: Decodable>(_ data: Data) throws -> Answer {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Answer.self, from: data)
    }
}

/// Someone who may sign in.
struct User: Decodable {
    let userId: String
    let password: String
    let homeserver: String

    /// What stands before the server's name.
    var localpart: String { String(userId.dropFirst().prefix { $0 != ":" }) }
}

/// What stops a test.
struct Trouble: Error, CustomStringConvertible {
    let description: String
    /// What a server said no with, if one did.
    let status: Int?

    init(_ description: String, status: Int? = nil) {
        (self.description, self.status) = (description, status)
    }
}

/// An answer of which nothing is needed.
struct Nothing: Decodable {}

extension Trait where Self == ConditionTrait {
    /// Needs a deployment of our own: its users, its proxies.
    static var ours: ConditionTrait { .enabled(if: Deployment.isOurs, "somebody else's server") }

    /// Needs an antivirus, and so a deployment of our own on a machine where one can be installed.
    static var scanned: ConditionTrait {
        .enabled("no antivirus here") { try await Deployment.scanner() != nil }
    }
}

private final class GivenUsers: @unchecked Sendable {
    static let shared = GivenUsers()
    private let lock = NSLock()
    private var used = 0

    func next(of users: [Deployment.GivenUser]) throws -> Deployment.GivenUser {
        try lock.withLock {
            guard used < users.count else { throw Trouble("more users than were given") }
            used += 1
            return users[used - 1]
        }
    }
}
