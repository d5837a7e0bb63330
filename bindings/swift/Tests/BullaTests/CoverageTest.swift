import Foundation
import Testing

/// Whatever the library exports is called by a test.
@Suite
struct CoverageTest {
    @Test func everyExportedFunctionIsCalled() throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let generated = package.appendingPathComponent("Sources/Bulla/Generated/Bulla.swift")
        let exported = functions(in: try String(contentsOf: generated, encoding: .utf8))
        #expect(exported.count > 40, "is that how the generated code looks?")

        let folder = package.appendingPathComponent("Tests/BullaTests")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let tests = try files.filter { $0.lastPathComponent.hasSuffix("Test.swift") }.map {
            try String(contentsOf: $0, encoding: .utf8)
        }.joined()
        let names = Dictionary(grouping: exported, by: \.name)
        let missing = exported.filter { function in
            // A name that several classes have counts for the one that is written before it.
            let isShared = (names[function.name]?.count ?? 0) > 1
            let called =
                isShared
                ? "\(function.owner).\(function.name)(" : function.isMember ? ".\(function.name)(" : "\(function.name)("
            return !tests.contains(called)
        }
        #expect(missing.map { "\($0.owner).\($0.name)" } == [], "no test calls them")
    }
}

private struct Function {
    let owner: String
    let name: String
    var isMember: Bool { !owner.isEmpty && name != owner }
}

/// The methods, constructors and functions that the generated code exports.
private func functions(in source: String) -> [Function] {
    var found: [Function] = []
    var owner = ""
    for line in source.split(separator: "\n") {
        if let type = line.wholeMatch(of: /open class (\w+):.*/) {
            owner = String(type.1)
        } else if line.hasPrefix("public struct ") {
            owner = ""
        } else if let method = line.wholeMatch(of: /open func `?(\w+)`?\(.*/), !owner.isEmpty {
            found.append(Function(owner: owner, name: String(method.1)))
        } else if line.hasPrefix("public convenience init("), !owner.isEmpty {
            found.append(Function(owner: owner, name: owner))
        } else if let function = line.wholeMatch(of: /public func (\w+)\(.*/), owner.isEmpty,
            !function.1.hasPrefix("FfiConverter"), !function.1.hasPrefix("uniffi")
        {
            found.append(Function(owner: "", name: String(function.1)))
        }
    }
    return found
}
