import Foundation

/// What the agent is told to do: which fields are there depends on `what`.
struct Order: Decodable, Sendable {
    let id: Int
    let what: String
    let homeserver, user, password, folder, account, room, text, to, of, on, key: String?
    let email, new, manifest, signedBy: String?

    enum CodingKeys: String, CodingKey {
        case id, homeserver, user, password, folder, account, room, text, to, of, on, key, email, new, manifest
        case signedBy = "signed_by"
        case what = "do"
    }

    init(_ line: String) throws {
        self = try JSONDecoder().decode(Order.self, from: Data(line.utf8))
    }

    /// A field that this order needs.
    func need(_ field: KeyPath<Order, String?>) throws -> String {
        guard let value = self[keyPath: field] else { throw Trouble("\(what): a field is missing") }
        return value
    }
}

/// What the agent answers: which fields are there depends on the order.
struct Answer: Encodable, Sendable {
    var id = 0
    var ok = true
    var error, account, user, room, from, item, state, server, baseUrl, refused, text: String?
    var roomsFromStore, ms, accountsLeft: Int?
    var bytes: UInt64?
    var lines: [String]?

    func line() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return try encoder.encode(self) + Data("\n".utf8)
    }
}

/// Why an order could not be done.
struct Trouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
