import Foundation
import Testing

/// Whatever the library exports is called by a test, and ends with the task that calls it.
@Suite
struct CoverageTest {
    @Test func everyExportIsCalledByATest() throws {
        let exports = try exports()
        #expect(exports.count > 40, "is that how the generated code looks?")
        let folder = package.appending(path: "Tests/BullaTests").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        let tests = try files.filter { $0.hasSuffix("Test.swift") }.map { try read("Tests/BullaTests/\($0)") }.joined()
        let names = Dictionary(grouping: exports, by: \.name)
        let missing = exports.filter { export in
            // Where several classes have a method of that name, the call has to say whose it is.
            let isShared = names[export.name]?.count != 1
            let owner = isShared ? export.owner : ""
            return !tests.contains("\(owner)\(export.isMethod ? "." : "")\(export.name)(")
        }
        #expect(missing.map { "\($0.owner).\($0.name)" } == [], "not called by any test")
    }

    @Test func everyExportedClassEndsItsCallsWithTheirTask() throws {
        let listed = try read("Sources/Bulla/Cancellation.swift")
        let classes = Set(try exports().map(\.owner)).filter { !$0.isEmpty }
        #expect(classes.count > 5, "is that how the generated code looks?")
        let missing = classes.filter { !listed.contains("extension \($0): EndsWithTask {}") }
        #expect(missing == [], "Cancellation.swift does not list them")
        let free = try read("Sources/Bulla/Generated/Bulla.swift").split(separator: "\n").filter {
            $0.hasPrefix("public func ") && $0.contains("async")
        }
        #expect(free == [], "a function of no class cannot be made to end with its task")
    }
}

private struct Export {
    /// The class, or nothing.
    let owner: String
    let name: String
    var isMethod: Bool { !owner.isEmpty && name != owner }
}

private let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

private func read(_ path: String) throws -> String {
    try String(contentsOf: package.appending(path: path), encoding: .utf8)
}

/// The methods, constructors and functions in the generated code.
private func exports() throws -> [Export] {
    var (found, owner) = ([Export](), "")
    for line in try read("Sources/Bulla/Generated/Bulla.swift").split(separator: "\n") {
        func name(after words: String) -> String {
            String(line.dropFirst(words.count).drop { $0 == "`" }.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        }
        if line.hasPrefix("open class ") {
            owner = name(after: "open class ")
        } else if line.hasPrefix("public struct ") {
            owner = ""
        } else if line.hasPrefix("open func ") {
            found.append(Export(owner: owner, name: name(after: "open func ")))
        } else if line.hasPrefix("public convenience init(") {
            found.append(Export(owner: owner, name: owner))
        } else if line.hasPrefix("public func ") {
            let name = name(after: "public func ")
            guard !name.hasPrefix("FfiConverter"), !name.hasPrefix("uniffi") else { continue }
            found.append(Export(owner: "", name: name))
        }
    }
    return found
}
