package org.bulla

import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.PasswordHint
import org.bulla.support.MemoryKeyStore
import org.bulla.support.User
import org.bulla.support.invalid
import org.bulla.support.library
import org.bulla.support.newFolder
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The account's password: how good one is, and changing it. */
class PasswordTest {
    @Test
    fun `a password is measured as it is typed`() {
        library(newFolder(), MemoryKeyStore()).use { bulla ->
            val known = listOf("Océane Lefèvre", "oceane.lefevre@prefecture.example.fr")
            val weak = bulla.passwordStrength("oceane.lefevre", known)
            assertTrue(weak.score < 3u && PasswordHint.PERSONAL in weak.reasons, "$weak")
            assertTrue(PasswordHint.COMMON in bulla.passwordStrength("azerty", known).reasons)
            val good = bulla.passwordStrength("girafe velours tambour 88 pluie", known)
            assertEquals(4u.toUByte(), good.score)
            assertEquals(emptyList<PasswordHint>(), good.reasons)
        }
    }

    @Test
    fun `a password is changed by who knows the old one, as the server asks`() = story {
        val alice = agent(1)
        alice.live()
        val old = alice.user.password
        val policy = alice.session.passwordPolicy()
        assertEquals(12u to true, policy.minLength to policy.digit)
        suspend fun refused(why: FieldTrouble, old: String, new: String) =
            invalid(Field.PASSWORD, why) { alice.session.changePassword(old, new) }
        refused(FieldTrouble.TOO_SHORT, old, "court 1")
        refused(FieldTrouble.NO_DIGIT, old, "girafe velours tambour")
        refused(FieldTrouble.WRONG, "another", "girafe velours tambour 8")
        alice.session.changePassword(old, "girafe velours tambour 8")
        refused(FieldTrouble.WRONG, old, "encore un autre 9")
        // Another device comes in with the new one.
        val (folder, keys) = newFolder() to MemoryKeyStore()
        library(folder, keys).use { bulla ->
            val user = User(alice.id, "girafe velours tambour 8", alice.user.homeserver)
            bulla.signIn(user.homeserver, user.id, user.password).use { it.signOut(evenOffline = false) }
        }
        folder.toFile().deleteRecursively()
    }
}
