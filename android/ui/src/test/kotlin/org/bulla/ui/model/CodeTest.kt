package org.bulla.ui.model

import org.bulla.drawQr
import org.bulla.model.Field
import org.bulla.model.FieldTrouble
import org.bulla.model.Missing
import org.bulla.model.QrGrantState
import org.bulla.model.QrPicture
import org.bulla.model.QrSignInState
import org.bulla.support.Deployment
import org.bulla.support.story
import org.bulla.ui.done
import org.bulla.ui.person
import org.bulla.ui.twoDevices
import org.bulla.ui.until
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** A new device comes in by the code that another one shows. */
class CodeTest {
    @Test
    fun aNewDeviceComesInByTheCodeOfAnother() = story {
        twoDevices().run {
            old.app.go(Route.LinkDevice)
            show()
            val reading = code.scan()
            val digits = digits()
            link.state.until("it asks for them") { it.step is QrGrantState.EnterCheckCode }
            link.setDigits(digits.take(1))
            link.enter().done("the refusal")
            assertTrue(link.state.value.wrongForm && !link.state.value.busy)
            link.setDigits(" $digits!")
            link.enter().done("the digits")
            val page = page()
            link.approve()
            val shown = code.state.until("it waits") { it.step is QrSignInState.WaitingForApproval }.step as QrSignInState.WaitingForApproval
            assertTrue(page.endsWith(shown.userCode))
            Deployment.browse(page, someone, allow = true)
            reading.done("the new device")
            assertEquals(null, code.state.value.problem)
            new.app.state.until("signed in") { it.current?.user == someone.id }
            link.state.until("it is in") { it.done }
            new.live()
        }
    }

    @Test
    fun aNewDeviceComesInByACodeThatItShows() = story {
        twoDevices().run {
            old.app.go(Route.LinkDevice)
            show()
            link.read().done("giving up")
            assertTrue(link.state.value.run { picture != null && problem == null })
            val showing = code.show()
            showNew()
            link.read().done("the picture")
            val digits = oldDigits()
            code.state.until("it asks for them") { it.step is QrSignInState.EnterCheckCode }
            code.setDigits(digits.take(1))
            code.enter().done("the refusal")
            assertTrue(code.state.value.wrongForm)
            code.setDigits(" $digits!")
            code.enter().done("the digits")
            val page = page()
            link.approve()
            val shown = code.state.until("it waits") { it.step is QrSignInState.WaitingForApproval }.step as QrSignInState.WaitingForApproval
            assertTrue(page.endsWith(shown.userCode))
            Deployment.browse(page, someone, allow = true)
            showing.done("the new device")
            new.app.state.until("signed in") { it.current?.user == someone.id }
            link.state.until("it is in") { it.done }
            new.live()
        }
    }

    @Test
    fun aCodeThatIsShownLetsNobodyInByWrongDigits() = story {
        twoDevices().run {
            old.app.go(Route.LinkDevice)
            // A code of a device that is signed in lets nobody in.
            show()
            oldCamera.code = camera.code
            link.read().done("the picture")
            link.state.until("the refusal") { it.problem == Problem.Invalid(Field.LINK, FieldTrouble.NOT_ALLOWED) }
            val showing = code.show()
            showNew()
            link.read().done("the picture")
            val wrong = (oldDigits().toInt() + 1) % 100
            code.state.until("it asks for them") { it.step is QrSignInState.EnterCheckCode }
            code.setDigits(wrong.toString().padStart(2, '0'))
            code.enter().done("the digits")
            showing.done("the end")
            assertEquals(CodeSignInState(problem = Problem.Refused("QR_CHECK_CODE")), code.state.value)
            assertEquals(0, new.keys.all.size)
        }
    }

    @Test
    fun wrongDigitsLetNobodyIn() = story {
        twoDevices().run {
            old.app.go(Route.LinkDevice)
            show()
            val reading = code.scan()
            val wrong = (digits().toInt() + 1) % 100
            link.state.until("it asks for them") { it.step is QrGrantState.EnterCheckCode }
            link.setDigits(wrong.toString().padStart(2, '0'))
            link.enter().done("the digits")
            link.state.until("nobody is in") { it.problem == Problem.Refused("QR_CHECK_CODE") && !it.done }
            code.cancel()
            reading.done("the end")
            assertEquals(CodeSignInState(), code.state.value)
            link.again()
            assertTrue(link.state.until("another code") { it.picture != null }.problem == null)
            assertEquals(0, new.keys.all.size)
        }
    }

    @Test
    fun aPictureWithoutACodeIsTold() = story {
        twoDevices().run {
            code.scan().done("giving up")
            assertEquals(CodeSignInState(), code.state.value)
            camera.code = QrPicture(30u, ByteArray(900))
            code.scan().done("the refusal")
            assertEquals(Problem.NotFound(Missing.CODE), code.state.value.problem)
            camera.code = drawQr("MATRIX".toByteArray())
            code.scan().done("the refusal")
            assertEquals(Problem.Invalid(Field.LINK, FieldTrouble.MALFORMED), code.state.value.problem)
            assertFalse(code.state.value.busy)
        }
    }

    @Test
    fun aServerWithPasswordsLinksNoDevices() = story {
        val person = person()
        person.app.go(Route.Devices)
        val state = checkNotNull(person.app.devices()).state.until("this one") { it.devices.size == 1 }
        assertFalse(state.mayLink || person.session.mayLinkDevices())
        assertFalse(person.app.offersCode(""))
        assertEquals(null, person.app.codeSignIn(Route.SignInCode()))
    }
}
