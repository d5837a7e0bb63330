package org.bulla

import kotlinx.coroutines.flow.first
import org.bulla.model.Failure
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.IdentityStatus
import org.bulla.model.Missing
import org.bulla.model.QrGrantState
import org.bulla.model.QrSignInState
import org.bulla.model.SessionState
import org.bulla.support.Deployment
import org.bulla.support.MemoryKeyStore
import org.bulla.support.OAUTH_APP
import org.bulla.support.Stage
import org.bulla.support.fails
import org.bulla.support.inTime
import org.bulla.support.invalid
import org.bulla.support.library
import org.bulla.support.missing
import org.bulla.support.newFolder
import org.bulla.support.seen
import org.bulla.support.signedInByBrowser
import org.bulla.support.story
import org.bulla.support.wait
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A new device comes in by the QR code of another one: both are ours, the browser is the deployment's. */
class QrTest {
    @Test
    fun `a new device comes in by the code of another`() = story {
        val (person, old) = signedInByBrowser()
        val (bulla, keys) = emptyLibrary()
        assertTrue(old.mayLinkDevices())
        val grant = old.linkDevice().also { atEnd(it::close) }
        val attempt = bulla.beginQrSignIn(OAUTH_APP, grant.code()).also { atEnd(it::close) }
        val digits = attempt.digits()
        invalid(Field.COUNT, FieldTrouble.MALFORMED) { grant.enterCheckCode("7") }
        grant.enterCheckCode("%02d".format(digits))
        val url = grant.wait("the page") { (it as? QrGrantState.Approve)?.url }
        grant.confirm()
        val userCode = attempt.wait("the code of the page") { (it as? QrSignInState.WaitingForApproval)?.userCode }
        assertTrue(url.endsWith(userCode))
        Deployment.browse(url, person, allow = true)
        val session = inTime("the new device") { attempt.finish() }
        atEnd(session::close)
        inTime("the other device") { grant.finish() }
        fails<Failure.Closed> { attempt.finish() }
        assertEquals(person.id, session.account().user)
        assertNotEquals(old.account().device, session.account().device)
        inTime("live") { session.stateFlow().first { it is SessionState.Live } }
        assertEquals(IdentityStatus(crossSigning = true, deviceSigned = true), session.identity())
        session.signOut(evenOffline = false)
        assertEquals(0, keys.all.size)
    }

    @Test
    fun `a new device comes in by a code that it shows`() = story {
        val (person, old) = signedInByBrowser()
        val (bulla, keys) = emptyLibrary()
        val attempt = bulla.showQrSignIn(old.account().homeserver, OAUTH_APP).also { atEnd(it::close) }
        val code = attempt.wait("the code") { (it as? QrSignInState.ShowCode)?.bytes }
        old.linkDevice().use { invalid(Field.LINK, FieldTrouble.NOT_ALLOWED) { old.linkShownDevice(it.code()) } }
        val grant = old.linkShownDevice(code).also { atEnd(it::close) }
        val digits = grant.wait("the digits") { (it as? QrGrantState.ShowCheckCode)?.code }.toInt()
        attempt.wait("it asks for them") { it as? QrSignInState.EnterCheckCode }
        invalid(Field.COUNT, FieldTrouble.MALFORMED) { attempt.enterCheckCode("7") }
        attempt.enterCheckCode("%02d".format(digits))
        fails<Failure.Closed> { attempt.enterCheckCode("%02d".format(digits)) }
        val url = grant.wait("the page") { (it as? QrGrantState.Approve)?.url }
        grant.confirm()
        Deployment.browse(url, person, allow = true)
        val session = inTime("the new device") { attempt.finish() }
        atEnd(session::close)
        inTime("the other device") { grant.finish() }
        assertEquals(person.id, session.account().user)
        inTime("live") { session.stateFlow().first { it is SessionState.Live } }
        session.signOut(evenOffline = false)
        assertEquals(0, keys.all.size)
    }

    @Test
    fun `wrong digits let nobody in and a cancelled attempt leaves nothing behind`() = story {
        val (_, old) = signedInByBrowser()
        val (bulla, keys) = emptyLibrary()
        invalid(Field.LINK, FieldTrouble.MALFORMED) { bulla.beginQrSignIn(OAUTH_APP, "MATRIX".toByteArray()) }
        old.linkDevice().use { grant ->
            bulla.beginQrSignIn(OAUTH_APP, grant.code()).use { attempt ->
                val wrong = (attempt.digits() + 1) % 100
                fails<Failure.Closed> { grant.confirm() }
                grant.enterCheckCode("%02d".format(wrong))
                assertEquals("QR_CHECK_CODE", fails<Failure.Rejected> { grant.finish() }.code)
                assertEquals(1, keys.all.size)
                attempt.cancel()
                assertEquals(0, keys.all.size)
                assertNull(inTime("its end") { attempt.next() })
                fails<Failure.Closed> { attempt.finish() }
            }
        }
        old.linkDevice().use { grant ->
            grant.code()
            grant.cancel()
            assertNull(inTime("its end") { grant.next() })
            fails<Failure.Closed> { grant.finish() }
        }
    }

    @Test
    fun `what is drawn is read in a picture`() = story {
        val (bulla, _) = emptyLibrary()
        val bytes = ByteArray(200) { (it * 37).toByte() }
        val (width, luma) = drawQr(bytes).seen()
        assertArrayEquals(bytes, bulla.readQr(width.toUInt(), luma))
        missing(Missing.CODE) { bulla.readQr(100u, ByteArray(10_000)) }
        invalid(Field.PICTURE, FieldTrouble.MALFORMED) { bulla.readQr(3u, ByteArray(10)) }
        invalid(Field.PICTURE, FieldTrouble.TOO_LONG) { drawQr(ByteArray(3_000)) }
    }

    @Test
    fun `a server with passwords says beforehand that it links no devices`() = story {
        val session = agent().session
        assertFalse(session.mayLinkDevices())
        assertEquals("QR_UNSUPPORTED", fails<Failure.Rejected> { session.linkDevice() }.code)
    }

    private fun Stage.emptyLibrary(): Pair<Bulla, MemoryKeyStore> {
        val (folder, keys) = newFolder() to MemoryKeyStore()
        val bulla = library(folder, keys)
        atEnd {
            bulla.close()
            folder.toFile().deleteRecursively()
        }
        return bulla to keys
    }

    private suspend fun QrGrant.code() = wait("the code") { (it as? QrGrantState.ShowCode)?.bytes }

    private suspend fun QrSignIn.digits() = wait("the digits") { (it as? QrSignInState.ShowCheckCode)?.code }.toInt()
}
