package org.bulla.ui

import org.bulla.drawQr
import org.bulla.model.QrGrantState
import org.bulla.model.QrPicture
import org.bulla.model.QrSignInState
import org.bulla.support.Deployment
import org.bulla.support.Stage
import org.bulla.support.seen
import org.bulla.ui.model.CameraPort
import org.bulla.ui.model.CodeSignInModel
import org.bulla.ui.model.GreyPicture
import org.bulla.ui.model.LinkDeviceModel
import org.bulla.ui.model.Route

/** A camera before which lies a code; null while the person takes no picture. */
class Tabletop : CameraPort {
    var code: QrPicture? = null

    override val takes = true

    override suspend fun picture(): GreyPicture? = code?.seen()?.let { (width, luma) -> GreyPicture(width, luma) }
}

/** Somebody's two devices: one is signed in through the browser, the other is to be, with a camera. */
class TwoDevices(val someone: org.bulla.support.Person, val old: Person, val new: Person, val oldCamera: Tabletop, val camera: Tabletop, homeserver: String) {
    private val route = Route.SignInCode(homeserver)
    val link: LinkDeviceModel get() = checkNotNull(old.app.linkDevice())
    val code: CodeSignInModel get() = checkNotNull(new.app.codeSignIn(route))

    /** Lays the code that the old device shows before the camera of the new one. */
    suspend fun show() {
        camera.code = link.state.until("a code") { it.picture != null }.picture
    }

    /** Lays the code that the new device shows before the camera of the old one. */
    suspend fun showNew() {
        oldCamera.code = code.state.until("a code") { it.picture != null }.picture
    }

    suspend fun digits(): String =
        (code.state.until("the digits") { it.step is QrSignInState.ShowCheckCode }.step as QrSignInState.ShowCheckCode).code.toString().padStart(2, '0')

    /** Those of the old device, where the new one shows the code. */
    suspend fun oldDigits(): String =
        (link.state.until("the digits") { it.step is QrGrantState.ShowCheckCode }.step as QrGrantState.ShowCheckCode).code.toString().padStart(2, '0')

    /** The page on which the old device lets the new one in. */
    suspend fun page(): String = (link.state.until("the page") { it.step is QrGrantState.Approve }.step as QrGrantState.Approve).url
}

suspend fun Stage.twoDevices(): TwoDevices {
    val homeserver = Deployment.sovereign()
    val someone = Deployment.newPerson()
    val (oldCamera, camera) = Tabletop() to Tabletop()
    val (old, new) = newcomer(browser = PersonsBrowser(someone), camera = oldCamera) to newcomer(browser = SilentBrowser, camera = camera)
    for (device in listOf(old, new)) {
        device.app.start().done("the start")
        device.app.go(Route.SignIn)
    }
    old.app.signIn().setServer(homeserver)
    old.app.signIn().browse().done("the browser")
    old.app.state.until("signed in") { it.current?.user == someone.id }
    old.live()
    old.app.go(Route.Devices)
    checkNotNull(old.app.devices()).state.until("it offers to") { it.mayLink && it.devices.isNotEmpty() }
    new.app.go(Route.SignInCode(homeserver))
    return TwoDevices(someone, old, new, oldCamera, camera, homeserver)
}

/** Two devices at each step of the one's coming in by the code of the other, before what [look] sees of them. */
suspend fun Stage.coding(look: suspend Person.(String) -> Unit) = twoDevices().run {
    old.look("devices-link")
    new.look("code")
    camera.code = drawQr("MATRIX".toByteArray())
    code.scan().done("the refusal")
    new.look("code-other")
    old.app.go(Route.LinkDevice)
    val showing = code.show()
    showNew()
    new.look("code-show")
    link.read().done("the picture")
    oldDigits()
    code.state.until("it asks for the digits") { it.step is QrSignInState.EnterCheckCode }
    old.look("link-show-digits")
    new.look("code-enter")
    code.cancel()
    showing.done("the end")
    link.again()
    show()
    old.look("link-code")
    val reading = code.scan()
    link.setDigits(digits())
    link.state.until("it asks for the digits") { it.step is QrGrantState.EnterCheckCode }
    new.look("code-digits")
    old.look("link-digits")
    link.enter().done("the digits")
    val page = page()
    link.approve()
    code.state.until("it waits") { it.step is QrSignInState.WaitingForApproval }
    new.look("code-approval")
    old.look("link-approve")
    Deployment.browse(page, someone, allow = true)
    reading.done("the new device")
    link.state.until("it is in") { it.done }
    old.look("link-done")
}
