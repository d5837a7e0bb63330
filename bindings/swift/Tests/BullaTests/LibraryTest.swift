import Bulla
import Testing

@Suite
struct LibraryTest {
    @Test func theLibrarySaysItsVersion() {
        let parts = libraryVersion().split(separator: ".")
        #expect(parts.count == 3)
        #expect(parts.allSatisfy { Int($0) != nil })
    }
}
