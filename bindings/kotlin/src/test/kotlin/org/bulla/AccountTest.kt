package org.bulla

import kotlinx.coroutines.flow.first
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import org.bulla.model.AccountId
import org.bulla.model.Config
import org.bulla.model.DeviceId
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.GroupDraft
import org.bulla.model.Missing
import org.bulla.model.SessionState
import org.bulla.model.StorageTrouble
import org.bulla.model.TrustTrouble
import org.bulla.support.Agent
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.Stage
import org.bulla.support.User
import org.bulla.support.fails
import org.bulla.support.invalid
import org.bulla.support.library
import org.bulla.support.missing
import org.bulla.support.newFolder
import org.bulla.support.storage
import org.bulla.support.story
import org.bulla.support.text
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Coming in, staying, going. */
class AccountTest {
    @Test
    fun `a wrong password names the field and leaves nothing behind`() = story {
        val (bulla, keys) = emptyLibrary()
        val user = Deployment.newUser(0)
        invalid(Field.PASSWORD, FieldTrouble.WRONG) { bulla.signIn(user.homeserver, user.id, "not ${user.password}") }
        assertEquals(emptyList<Any>(), bulla.accounts())
        assertEquals(0, keys.all.size)
    }

    @Test
    fun `an address without a server is told apart`() = story {
        val (bulla, _) = emptyLibrary()
        missing(Missing.SERVER) { bulla.signIn("https://nobody.invalid", "alice", "secret") }
        val gone = proxy()
        gone.refuse()
        fails<Failure.Offline> { bulla.signIn(gone.url, "alice", "secret") }
        val page = proxy()
        page.respond(404, "NOT_MATRIX")
        missing(Missing.SERVER) { bulla.signIn(page.url, "alice", "secret") }
    }

    @Test
    fun `an empty field is named`() = story {
        val (bulla, keys) = emptyLibrary()
        val url = Deployment.homeserver(0)
        invalid(Field.HOMESERVER, FieldTrouble.EMPTY) { bulla.signIn("", "alice", "secret") }
        invalid(Field.USER, FieldTrouble.EMPTY) { bulla.signIn(url, " ", "secret") }
        invalid(Field.PASSWORD, FieldTrouble.EMPTY) { bulla.signIn(url, "alice", "") }
        invalid(Field.FOLDER, FieldTrouble.EMPTY) { Bulla(Config("", "Bulla test"), keys) }
    }

    @Test
    fun `nothing is sent in clear to another machine`() = story {
        val (bulla, _) = emptyLibrary()
        invalid(Field.HOMESERVER, FieldTrouble.NOT_SECURE) { bulla.signIn("http://example.org", "alice", "secret") }
    }

    @Test
    fun `a certificate that does not verify ends it`() = story {
        val (bulla, _) = emptyLibrary()
        val failure = fails<Failure.Untrusted> { bulla.signIn(Deployment.tlsUrl(0), "alice", "secret") }
        assertEquals(TrustTrouble.CERTIFICATE, failure.why)
    }

    @Test
    fun `accounts are listed, and opening one twice gives the same`() = story {
        val alice = agent()
        val account = alice.session.account()
        assertEquals(alice.id, account.user)
        assertEquals(listOf(account), alice.bulla.accounts())
        alice.bulla.open(account.id).use { again -> assertEquals(account, again.account()) }
        alice.live()
        missing(Missing.ACCOUNT) { alice.bulla.open("0000000000000000") }
        missing(Missing.ACCOUNT) { alice.bulla.open("../elsewhere") }
    }

    @Test
    fun `a restart shows the list before the network is there`() = story {
        val proxy = proxy()
        val alice = agent(homeserver = proxy.url)
        val room = alice.session.createGroup(GroupDraft("The archive"))
        alice.room("the group") { it.id == room }
        alice.open(room).run {
            timeline.sendText("kept")
            text("kept")
        }
        proxy.refuse()
        alice.restart()
        assertEquals(listOf(room), alice.session.roomList().first().map { it.id }, "the first batch")
        alice.open(room).text("kept")
        alice.state("offline") { it is SessionState.Offline }
        proxy.heal()
        alice.session.resume()
        alice.live()
    }

    @Test
    fun `signing out erases what is here and ends the device on the server`() = story {
        val proxy = proxy()
        val alice = agent(homeserver = proxy.url)
        val account = alice.session.account()
        assertTrue(account.device in devices(alice.user))
        proxy.refuse()
        fails<Failure.Offline> { alice.session.signOut(evenOffline = false) }
        assertEquals(listOf(account), alice.bulla.accounts(), "nothing is erased")

        proxy.heal()
        alice.session.signOut(evenOffline = false)
        assertErased(alice, account.id)
        assertFalse(account.device in devices(alice.user))
        fails<Failure.Closed> { alice.session.identity() }
    }

    @Test
    fun `signing out without the server erases what is here`() = story {
        val proxy = proxy()
        val alice = agent(homeserver = proxy.url)
        val account = alice.session.account().id
        proxy.refuse()
        alice.session.signOut(evenOffline = true)
        assertErased(alice, account)
    }

    @Test
    fun `several accounts live side by side`() = story {
        val (bulla, keys) = emptyLibrary()
        val (first, second) = listOf(0, 1).map { server ->
            val user = Deployment.newUser(server)
            bulla.signIn(user.homeserver, user.id, user.password)
        }
        atEnd { listOf(first, second).forEach { it.shutdown(); it.close() } }
        assertEquals(setOf(first.account(), second.account()), bulla.accounts().toSet())
        val room = first.createGroup(GroupDraft("Only hers"))
        first.roomList().first { rows -> rows.any { it.id == room } }
        assertEquals(emptyList<Any>(), second.roomList().first())

        first.signOut(evenOffline = false)
        assertEquals(listOf(second.account()), bulla.accounts())
        assertEquals(1, keys.all.size)
        second.stateFlow().first { it is SessionState.Live }
    }

    @Test
    fun `an account that cannot be opened any more is erased`() = story {
        val alice = agent()
        val account = alice.session.account().id
        storage(StorageTrouble.LOCKED) { alice.bulla.erase(account) }
        alice.session.shutdown()
        alice.bulla.erase(account)
        assertErased(alice, account)
        missing(Missing.ACCOUNT) { alice.bulla.open(account) }
    }

    @Test
    fun `an account does not open with another key`() = story {
        val alice = agent()
        val account = alice.session.account().id
        alice.session.shutdown()
        val (name, key) = alice.keys.all.entries.single()
        alice.keys.save(name, ByteArray(32) { 7 })
        storage(StorageTrouble.WRONG_KEY) { alice.bulla.open(account) }
        alice.keys.erase(name)
        storage(StorageTrouble.WRONG_KEY) { alice.bulla.open(account) }
        assertEquals(emptyList<Any>(), alice.bulla.accounts(), "it cannot be read")
        alice.keys.save(name, key)
        alice.bulla.open(account).run {
            shutdown()
            close()
        }
    }

    @Test
    fun `repairing a sound store keeps everything`() = story {
        val alice = agent()
        val room = alice.session.createGroup(GroupDraft("Still here"))
        alice.live()
        val account = alice.session.account().id
        storage(StorageTrouble.LOCKED) { alice.bulla.repair(account) }
        alice.session.shutdown()
        assertTrue(alice.bulla.repair(account))
        alice.restart()
        alice.live()
        alice.room("the group again") { it.id == room }
    }

    @Test
    fun `signing in again after a soft logout keeps everything`() = story {
        val proxy = proxy()
        val alice = agent(homeserver = proxy.url)
        alice.live()
        val device = alice.session.account().device
        val room = alice.session.createGroup(GroupDraft("Kept"))
        proxy.softLogout()
        alice.session.resume()
        assertEquals(SessionState.SignedOut(soft = true), alice.state("signed out") { it is SessionState.SignedOut })

        proxy.heal()
        invalid(Field.PASSWORD, FieldTrouble.EMPTY) { alice.session.signInAgain("") }
        invalid(Field.PASSWORD, FieldTrouble.WRONG) { alice.session.signInAgain("not ${alice.user.password}") }
        alice.session.signInAgain(alice.user.password)
        alice.live()
        assertEquals(device, alice.session.account().device)
        alice.open(room).run {
            timeline.sendText("back")
            text("back")
        }
    }

    @Test
    fun `a device that was removed is told and erased`() = story {
        val alice = agent()
        alice.live()
        val account = alice.session.account().id
        Deployment.logOut(alice.user)
        alice.state("erased") { it is SessionState.Erased }
        assertErased(alice, account)
    }

    @Test
    fun `an account that is deleted leaves nothing, here and on the server`() = story {
        val alice = agent()
        alice.live()
        val account = alice.session.account().id
        invalid(Field.PASSWORD, FieldTrouble.WRONG) { alice.session.deactivate("wrong", erase = true) }
        alice.live()
        alice.session.deactivate(alice.user.password, erase = true)
        assertErased(alice, account)
        fails<Failure> { alice.bulla.signIn(alice.user.homeserver, alice.user.id, alice.user.password) }
    }
}

/** The library on an empty folder. */
private fun Stage.emptyLibrary(): Pair<Bulla, MemoryKeyStore> {
    val (folder, keys) = newFolder() to MemoryKeyStore()
    val bulla = library(folder, keys)
    atEnd {
        bulla.close()
        folder.toFile().deleteRecursively()
    }
    return bulla to keys
}

private suspend fun assertErased(agent: Agent, account: AccountId) {
    assertFalse(agent.folder.resolve(account).toFile().exists(), "the files")
    assertEquals(0, agent.keys.all.size, "the key")
    assertEquals(emptyList<Any>(), agent.bulla.accounts())
}

/** The devices that the server knows of [user], by another sign-in. */
private suspend fun devices(user: User): List<DeviceId> {
    val login = buildJsonObject {
        put("type", "m.login.password")
        putJsonObject("identifier") { put("type", "m.id.user"); put("user", user.id) }
        put("password", user.password)
    }
    val client = "${user.homeserver}/_matrix/client/v3"
    val token = Json.parseToJsonElement(Deployment.request("POST", "$client/login", login).second).jsonObject.text("access_token")
    val devices = Json.parseToJsonElement(Deployment.request("GET", "$client/devices", null, token).second)
    return devices.jsonObject.getValue("devices").jsonArray.map { it.jsonObject.text("device_id") }
}
