package org.bulla

import java.nio.file.Path
import org.bulla.model.Barrier
import org.bulla.model.Config
import org.bulla.model.DeploymentStatus
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.Gate
import org.bulla.model.RuleSource
import org.bulla.model.SessionState
import org.bulla.model.Trust
import org.bulla.model.TrustTrouble
import org.bulla.model.UnheardReason
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.Office
import org.bulla.support.OfficeKey
import org.bulla.support.Stage
import org.bulla.support.User
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.invalid
import org.bulla.support.newFolder
import org.bulla.support.story
import kotlinx.coroutines.flow.first
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test

/** A deployment that says who belongs to it: finding a server, proving it, narrowing it. */
class ManifestTest {
    @Test
    fun `an address leads to its server, which proves itself before the password is sent`() = story {
        val (office, user) = office()
        val bulla = library(office)
        val found = bulla.discover(" Jean+Equipe@Agent.Example ")
        assertEquals("jean+equipe@agent.example" to office.url, found.email to found.instance.baseUrl)
        val session = bulla.signIn(found.instance.baseUrl, user.id, user.password)
        atEnd { session.shutdown(); session.close() }
        inTime("live") { session.stateFlow().first { it is SessionState.Live } }
        val asked = office.asked.toList()
        assertEquals(listOf("/_matrix/identity/api/v1/info", "/_bulla/client/v1/proof"), asked.take(2))
        assertTrue(asked.indexOfFirst { it.endsWith("/login") } > 1)

        bulla.setManaged(mapOf("no_other_accounts" to "true"))
        forbidden(Barrier.OTHER_ACCOUNT) { bulla.signIn(office.url, user.id, user.password) }
    }

    @Test
    fun `the manifest asks more of a password and says what the server is called`() = story {
        val (office, user) = office()
        val bulla = library(office)
        bulla.adoptManifest(office.manifest(2) {
            putJsonObject("password") {
                put("min_length", 15)
                put("strength", 3)
            }
        })
        val session = bulla.signIn(office.url, user.id, user.password)
        atEnd { session.shutdown(); session.close() }
        assertEquals(15u to 3u.toUByte(), session.passwordPolicy().run { minLength to strength })
        invalid(Field.PASSWORD, FieldTrouble.TOO_SHORT) { session.changePassword(user.password, "girafe velours") }
        invalid(Field.PASSWORD, FieldTrouble.TOO_WEAK) { session.changePassword(user.password, "passwordpassword") }
        assertTrue(session.isGuest("@jean:guests.example") && !session.isGuest(user.id) && !session.isGuest("@jean:nowhere.example"))
        assertEquals("Agents" to false, session.whoAmI().run { instance to guest })
        untrusted(TrustTrouble.NOT_LISTED) { bulla.forgotPassword(user.homeserver, "jean@agent.example") }
    }

    @Test
    fun `a server that does not prove itself is sent nothing`() = story {
        val (office, user) = office()
        val bulla = library(office)
        for ((proves, why) in listOf(null to TrustTrouble.PROOF_MISSING, "evil.example" to TrustTrouble.PROOF_OTHER_SERVER)) {
            office.proves = proves
            untrusted(why) { bulla.signIn(office.url, user.id, user.password) }
        }
        untrusted(TrustTrouble.NOT_LISTED) { bulla.signIn(user.homeserver, user.id, user.password) }
        assertEquals(setOf("/_bulla/client/v1/proof"), office.asked.toSet())
    }

    @Test
    fun `each refusal of an address is its own`() = story {
        val (office, _) = office()
        val bulla = library(office)
        invalid(Field.EMAIL, FieldTrouble.MALFORMED) { bulla.discover("jean") }
        office.directory = """{"hs":"guests.example"}"""
        forbidden(Barrier.NOT_INVITED) { bulla.discover("jean@mail.example") }
        office.directory = """{"hs":"guests.example","invited":true}"""
        assertTrue(bulla.discover("jean@mail.example").run { invited && instance.externalGuests })
        office.directory = """{"hs":"evil.example"}"""
        untrusted(TrustTrouble.NOT_LISTED) { bulla.discover("jean@mail.example") }
        office.directory = "{}"
        forbidden(Barrier.NOT_PROFESSIONAL) { bulla.discover("jean@mail.example") }
        val (folder, keys) = newFolder() to MemoryKeyStore()
        org.bulla.support.library(folder, keys).use { free ->
            assertNull(free.deployment().manifest)
            untrusted(TrustTrouble.NO_MANIFEST) { free.discover("jean@mail.example") }
        }
    }

    @Test
    fun `a newer manifest is adopted and kept, a bad one changes nothing`() = story {
        val (office, _) = office()
        val folder = newFolder()
        val bulla = library(office, folder)
        assertEquals(1uL, bulla.deployment().version)
        assertEquals(3uL, bulla.adoptManifest(office.manifest(3)).version)
        untrusted(TrustTrouble.MANIFEST_OLDER) { bulla.adoptManifest(office.manifest(2)) }
        untrusted(TrustTrouble.MANIFEST_SIGNATURE) { bulla.adoptManifest(office.manifest(4, by = OfficeKey())) }
        untrusted(TrustTrouble.MANIFEST_EXPIRED) { bulla.adoptManifest(office.manifest(4, expires = java.time.Instant.EPOCH)) }
        untrusted(TrustTrouble.MANIFEST_MALFORMED) { bulla.adoptManifest("nothing") }
        assertEquals(3uL, library(office, folder).deployment().version, "at the next start")
    }

    @Test
    fun `a version of the app is told, warned or stopped as the manifest says`() = story {
        val (office, _) = office()
        val bulla = library(office)
        assertEquals(Gate.Open, bulla.gate("0.1", "fr-FR"))
        bulla.adoptManifest(office.manifest(2) {
            putJsonObject("app_versions") {
                for ((level, version) in listOf("info" to "1.10", "mandatory" to "1.2", "critical" to "1")) {
                    putJsonObject(level) {
                        put("version", version)
                        putJsonObject("text") { put("fr", "Trop ancien : $level"); put("en", "Too old: $level") }
                    }
                }
            }
        })
        assertEquals(Gate.Open, bulla.gate("1.10.0", "fr-FR"))
        assertEquals(Gate.Info("Trop ancien : info"), bulla.gate("1.9", "fr-FR"))
        assertEquals(Gate.Mandatory("Too old: mandatory"), bulla.gate("1.1.9", "de"))
        assertEquals(Gate.Critical("Trop ancien : critical"), bulla.gate("0.9", "fr"))
    }

    @Test
    fun `the device's management narrows and is told what is not heard`() = story {
        val (office, _) = office()
        val bulla = library(office)
        val map = mapOf("app_lock" to "true", "no_export" to "perhaps", "colour" to "red", "manifest" to office.manifest(1, by = OfficeKey()))
        val status = bulla.setManaged(map)
        assertEquals(true to RuleSource.MANAGED, status.rules.appLock.run { on to by })
        assertFalse(status.rules.noExport.on)
        val unheard = status.rules.unheard.associate { it.key to it.why }
        assertEquals(mapOf("colour" to UnheardReason.UNKNOWN_KEY, "no_export" to UnheardReason.WRONG_VALUE), unheard)
        assertEquals(TrustTrouble.MANIFEST_SIGNATURE, (status.rejected as? Failure.Untrusted)?.why)
        assertEquals(status.rules, bulla.deployment().rules)
        bulla.setManaged(mapOf("instance" to "guests.example"))
        forbidden(Barrier.OTHER_INSTANCE) { bulla.discover("jean@agent.example") }
    }
}

private val DeploymentStatus.version get() = manifest?.version

/** An office in front of a real server, and somebody who has an account there. */
private suspend fun Stage.office(): Pair<Office, User> {
    assumeTrue(Deployment.isOurs, "needs a deployment of our own")
    val user = Deployment.newUser(0)
    val office = Office(user.homeserver, user.id.substringAfter(':')).also { atEnd { it.close() } }
    return office to user
}

private fun Stage.library(office: Office, folder: Path = newFolder()): Bulla {
    val trust = Trust(listOf(office.key.public), office.manifest(1))
    val bulla = Bulla(Config(folder.toString(), "Bulla test", trust), MemoryKeyStore())
    atEnd {
        bulla.close()
        folder.toFile().deleteRecursively()
    }
    return bulla
}

private suspend fun untrusted(why: TrustTrouble, work: suspend () -> Any?) = assertEquals(why, fails<Failure.Untrusted>(work).why)

private suspend fun forbidden(why: Barrier, work: suspend () -> Any?) = assertEquals(why, fails<Failure.Forbidden>(work).why)
