import Foundation

/// A fault proxy of one test's own, before a server. It ends with this object.
final class Proxy: Sendable {
    let url: String
    private let id: Int

    private init(id: Int, url: String) {
        (self.id, self.url) = (id, url)
    }

    /// Before the homeserver that leaves signing in to an authentication service.
    static func beforeSovereign() async throws -> Proxy { try await before(0, sovereign: true) }

    static func before(_ server: Int, sovereign: Bool = false) async throws -> Proxy {
        struct Wanted: Encodable {
            let server: Int
            let sovereign: Bool
        }
        struct Made: Decodable {
            let id: Int
            let url: String
        }
        let made: Made = try await Deployment.ask("POST", "/proxies", Wanted(server: server, sovereign: sovereign))
        return Proxy(id: made.id, url: made.url)
    }

    /// Begins a fault. When this returns it is in effect.
    func set(_ fault: Fault) async throws {
        let _: Nothing = try await Deployment.ask("PUT", "/proxies/\(id)/fault", fault)
    }

    /// Everything passes again.
    func heal() async throws {
        try await set(Fault(kind: "none"))
    }

    /// What it has seen.
    struct Stats: Decodable {
        /// Connections that are open now.
        let open: Int
        /// Requests by path.
        let requests: [String: Int]

        /// How many requests had this in their path.
        func requests(with part: String) -> Int {
            requests.filter { $0.key.contains(part) }.values.reduce(0, +)
        }
    }

    func stats() async throws -> Stats {
        try await Deployment.ask("GET", "/proxies/\(id)")
    }

    deinit {
        let path = "/proxies/\(id)"
        Task { let _: Nothing? = try? await Deployment.ask("DELETE", path) }
    }
}

/// What a proxy does to what passes through it: the JSON of testkit's `Fault`.
struct Fault: Encodable {
    let kind: String
    var status: Int?
    var headers: [String: String]?
    var body: String?
    var path: String?

    /// Nobody listens on the port.
    static let refuse = Fault(kind: "refuse")

    /// Nothing moves.
    static let stall = Fault(kind: "stall")

    /// The access token has expired; the session and its keys have not.
    static let softLogout = respond(401, #"{"errcode": "M_UNKNOWN_TOKEN", "error": "Signed out", "soft_logout": true}"#)

    /// This JSON instead of the server's answer, to every request with `path` in it.
    static func respond(_ status: Int, _ json: String, path: String? = nil) -> Fault {
        Fault(kind: "respond", status: status, headers: ["Content-Type": "application/json"], body: json, path: path)
    }
}
