import Bulla
import Foundation

/// What a deployment puts before a server of ours, for one test: a directory of addresses, the server's proof, a signed manifest. It ends
/// with this object.
final class Office: Sendable {
    private struct Opened: Decodable {
        let id: Int
        let server: String
        let url: String
        let guestsUrl: String?
        let guests: String?
        let key: String
        let manifest: String
    }

    /// A manifest that says more.
    private struct Wanted<Fields: Encodable>: Encodable {
        let version: Int
        let fields: Fields
    }

    private struct Signed: Decodable { let manifest: String }

    private let opened: Opened

    private init(_ opened: Opened) { self.opened = opened }

    static func before(_ server: Int) async throws -> Office {
        Office(try await Deployment.ask("POST", "/offices", ["server": server]))
    }

    /// The same with people from outside on another server.
    static func before(_ server: Int, guests: Int) async throws -> Office {
        Office(try await Deployment.ask("POST", "/offices", ["server": server, "guests": guests]))
    }

    /// Where the manifest says that people from outside are.
    var guestsUrl: String { opened.guestsUrl ?? "" }

    /// The name of their server.
    var guests: String { opened.guests ?? "" }

    /// What an app of this deployment ships with where it has an identity server.
    func trustWithIdentityServer() async throws -> Trust {
        struct Place: Decodable {
            let url: String
            let authority: String
        }
        struct Roots: Encodable { let roots: [String] }
        struct Fields: Encodable {
            let lookup: String
            let tls: Roots
        }
        let place: Place = try await Deployment.ask("POST", "/identity", [String: String]())
        return try await trust(saying: Fields(lookup: place.url, tls: Roots(roots: [place.authority])))
    }

    /// What an app of this deployment ships with where its manifest says this besides.
    func trust<Fields: Encodable & Sendable>(saying fields: Fields) async throws -> Trust {
        let signed: Signed = try await Deployment.ask(
            "POST", "/offices/\(opened.id)/manifest", Wanted(version: 1, fields: fields))
        return Trust(keys: [opened.key], manifest: signed.manifest)
    }

    /// The name of the server behind it, and the address that it has in the manifest.
    var server: String { opened.server }
    var url: String { opened.url }

    /// What an app of this deployment ships with.
    var trust: Trust { Trust(keys: [opened.key], manifest: opened.manifest) }

    /// Has the directory name a server for an address; with `invited`, say whether an invitation waits there.
    func list(_ address: String, at server: String, invited: Bool? = nil) async throws {
        struct Answer: Encodable {
            let hs: String
            let invited: Bool?
        }
        struct Listing: Encodable {
            let address: String
            let answer: Answer
        }
        let listing = Listing(address: address, answer: Answer(hs: server, invited: invited))
        let _: Nothing = try await Deployment.ask("PUT", "/offices/\(opened.id)/directory", listing)
    }

    /// Begins a fault. When this returns it is in effect.
    func set(_ fault: Fault) async throws {
        let _: Nothing = try await Deployment.ask("PUT", "/offices/\(opened.id)/fault", fault)
    }

    func heal() async throws { try await set(Fault(kind: "none")) }

    func stats() async throws -> Proxy.Stats { try await Deployment.ask("GET", "/offices/\(opened.id)") }

    deinit {
        let path = "/offices/\(opened.id)"
        Task { let _: Nothing? = try? await Deployment.ask("DELETE", path) }
    }
}
