package org.bulla

import org.bulla.model.Barrier
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.RoomFilter
import org.bulla.model.SessionState
import org.bulla.support.Agent
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.Stage
import org.bulla.support.User
import org.bulla.support.fails
import org.bulla.support.invalid
import org.bulla.support.library
import org.bulla.support.newFolder
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** An account in order: its first password, its end and renewal, its forgotten password, and who it is. */
class UpkeepTest {
    @Test
    fun `nothing opens before a temporary password is changed`() = story {
        val user = Deployment.newUser(0)
        Deployment.makeTemporary(user)
        val alice = came(user)
        alice.state("must choose") { it is SessionState.MustChoosePassword }
        forbidden(Barrier.TEMPORARY_PASSWORD) { alice.session.rooms(RoomFilter.ALL, 10u) }
        forbidden(Barrier.TEMPORARY_PASSWORD) { alice.session.profile() }
        alice.restart()
        forbidden(Barrier.TEMPORARY_PASSWORD) { alice.session.room("!anywhere:localhost") }
        alice.session.changePassword(user.password, "girafe velours tambour")
        alice.live()
        alice.session.rooms(RoomFilter.ALL, 10u).close()
        came(User(user.id, "girafe velours tambour", user.homeserver)).live()
    }

    @Test
    fun `an account that has ended is renewed by mail`() = story {
        val user = Deployment.newUser(0)
        val email = Deployment.giveEmail(user)
        Deployment.expire(user)
        val alice = came(user)
        alice.state("expired") { it is SessionState.Expired }
        alice.session.sendRenewalMail()
        fails<Failure.Wait> { alice.session.sendRenewalMail() }
        Deployment.followMail(email)
        alice.session.resume()
        alice.live()
    }

    @Test
    fun `a forgotten password is replaced by who reads the mail`() = story {
        val user = Deployment.newUser(1)
        val email = Deployment.giveEmail(user)
        library(newFolder(), MemoryKeyStore()).use { bulla ->
            bulla.forgotPassword(user.homeserver, email).use { reset ->
                invalid(Field.PASSWORD, FieldTrouble.TOO_SHORT) { reset.finish("court 1") }
                forbidden(Barrier.EMAIL_NOT_CONFIRMED) { reset.finish("girafe velours tambour 8") }
                Deployment.followMail(email)
                reset.finish("girafe velours tambour 8")
            }
            bulla.forgotPassword(user.homeserver, email).use { reset ->
                reset.cancel()
                fails<Failure.Closed> { reset.finish("girafe velours tambour 9") }
            }
        }
        // The address stands for the user id, too.
        val again = came(User(email, "girafe velours tambour 8", user.homeserver))
        again.live()
        assertEquals(user.id, again.session.account().user)
    }

    @Test
    fun `who I am is told at a glance`() = story {
        val alice = agent()
        alice.live()
        val email = Deployment.giveEmail(alice.user)
        alice.session.setDisplayName("Jean Martin [Préfecture]")
        val card = alice.session.whoAmI()
        assertEquals(listOf("Jean Martin", "Préfecture", email), listOf(card.name, card.organisation, card.email))
        assertEquals(false to false, card.guest to card.nameLocked)
    }

    private suspend fun Stage.came(user: User) = Agent.signIn(user, user.homeserver).also { atEnd(it::end) }

    private suspend fun forbidden(why: Barrier, work: suspend () -> Any?) = assertEquals(why, fails<Failure.Forbidden>(work).why)
}
