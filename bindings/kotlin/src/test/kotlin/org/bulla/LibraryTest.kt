package org.bulla

import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class LibraryTest {
    @Test
    fun `the library says its version`() {
        assertTrue(Regex("""\d+\.\d+\.\d+""").matches(libraryVersion()), libraryVersion())
    }
}
