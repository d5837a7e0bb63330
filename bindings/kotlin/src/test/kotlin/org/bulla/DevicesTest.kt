package org.bulla

import kotlinx.coroutines.flow.first
import org.bulla.model.AccountAction
import org.bulla.model.Barrier
import org.bulla.model.DeviceInfo
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.OauthApp
import org.bulla.model.OauthStart
import org.bulla.model.SessionState
import org.bulla.support.Agent
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.invalid
import org.bulla.support.library
import org.bulla.support.newFolder
import org.bulla.support.story
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Where an account is signed in. */
class DevicesTest {
    @Test
    fun `a sign-in elsewhere is new, and denied at once`() = story {
        val here = agent()
        here.live()
        here.devices("this one, known") { it.singleOrNull()?.takeIf { device -> device.current && device.verified } }
        val there = Agent.signIn(here.user, here.user.homeserver).also { atEnd(it::end) }
        val id = there.session.account().device
        here.devices("the new one") { all -> all.find { it.id == id && it.new } }
        here.session.acknowledgeDevice(id)
        here.devices("acknowledged") { all -> all.find { it.id == id && !it.new } }
        here.session.renameDevice(id, "Le téléphone")
        here.devices("renamed") { all -> all.find { it.id == id && it.name == "Le téléphone" } }
        assertNull(here.session.accountManagementUrl(AccountAction.Devices))

        invalid(Field.PASSWORD, FieldTrouble.WRONG) { here.session.signOutDevices(listOf(id), "wrong") }
        here.session.signOutDevices(listOf(id), here.user.password)
        there.state("erased") { it is SessionState.Erased }
        here.devices("alone") { it.singleOrNull() }
        here.session.devices().use { stream ->
            inTime("the list") { stream.next() }
            stream.cancel()
            assertNull(inTime("its end") { stream.next() })
        }
    }

    @Test
    fun `a service that signs people in has a page for them`() = story {
        val homeserver = Deployment.sovereign()
        val person = Deployment.newPerson()
        val (folder, keys) = newFolder() to MemoryKeyStore()
        library(folder, keys).use { bulla ->
            assertEquals(Barrier.DELEGATED, fails<Failure.Forbidden> { bulla.forgotPassword(homeserver, person.email) }.why)
            val app = OauthApp("Bulla", "https://bulla.example.org/", "org.example.bulla:/callback")
            bulla.beginSignIn(homeserver, app, OauthStart(hint = person.email)).use { attempt ->
                attempt.finish(Deployment.browse(attempt.url(), person, allow = true)).use { session ->
                    val page = session.accountManagementUrl(AccountAction.SignOutDevice("OTHER"))
                    assertTrue("device_id=OTHER" in page!!, page)
                    val there = Barrier.DELEGATED
                    assertEquals(there, fails<Failure.Forbidden> { session.changePassword("a", "b") }.why)
                    assertEquals(there, fails<Failure.Forbidden> { session.signOutDevices(listOf("OTHER"), null) }.why)
                    session.signOut(evenOffline = false)
                }
            }
        }
        folder.toFile().deleteRecursively()
    }

    private suspend fun Agent.devices(what: String, found: (List<DeviceInfo>) -> DeviceInfo?) {
        inTime(what) { assertEquals(true, session.deviceList().first { found(it) != null }.isNotEmpty()) }
    }
}
