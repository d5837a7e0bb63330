@file:OptIn(ExperimentalTestApi::class)

package org.bulla.ui.screen

import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onLast
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performTextReplacement
import androidx.compose.ui.test.runDesktopComposeUiTest
import org.bulla.support.Deployment
import org.bulla.support.story
import org.bulla.ui.Person
import org.bulla.ui.done
import org.bulla.ui.newcomer
import org.bulla.ui.office
import org.bulla.ui.theme.Brand
import org.bulla.ui.trust
import org.bulla.ui.words.FrenchWords
import org.junit.jupiter.api.Test

/** A person's way in on the real screens, against a real server. */
class EnterTest {
    @Test
    fun comesInByAnAddressAndATemporaryPassword() = story {
        val user = Deployment.newUser(1)
        val email = Deployment.giveEmail(user)
        Deployment.makeTemporary(user)
        val office = office(user.homeserver, user.id.substringAfter(':'))
        val person = newcomer(office.trust())
        person.app.start().done("the start")
        person.onScreen {
            taps(FrenchWords.signIn)
            fills(FrenchWords.email, "someone@mail.example")
            office.directory = "{}"
            taps(FrenchWords.goOn)
            sees(FrenchWords.problemNotProfessional)
            office.directory = """{"hs":"${user.id.substringAfter(':')}"}"""
            fills(FrenchWords.email, email)
            taps(FrenchWords.goOn)
            sees("Agents")
            fills(FrenchWords.password, "not this")
            taps(FrenchWords.signIn)
            sees(FrenchWords.problemPassword)
            fills(FrenchWords.password, user.password)
            taps(FrenchWords.signIn)

            sees(FrenchWords.choosePasswordTitle)
            sees(FrenchWords.demandLength(12))
            fills(FrenchWords.givenPassword, user.password)
            fills(FrenchWords.newPassword, "azerty")
            sees(FrenchWords.hintCommon)
            taps(FrenchWords.choosePasswordUse)
            sees(FrenchWords.problemPasswordShort)
            fills(FrenchWords.newPassword, "girafe velours tambour 8")
            sees(FrenchWords.passwordStrength(FrenchWords.strengthBest))
            taps(FrenchWords.choosePasswordUse)
            sees(FrenchWords.conversations)
        }
    }

    @Test
    fun renewsAnExpiredAccount() = story {
        val user = Deployment.newUser(0)
        val email = Deployment.giveEmail(user)
        Deployment.expire(user)
        val person = newcomer()
        person.app.start().done("the start")
        person.signInAs(user)
        person.onScreen {
            sees(FrenchWords.expiredTitle)
            taps(FrenchWords.expiredRead)
            sees(FrenchWords.conversations)
            taps(FrenchWords.renew)
            taps(FrenchWords.renewalSend)
            sees(FrenchWords.renewalSent)
            taps(FrenchWords.renewalDone)
            sees(FrenchWords.renewalNotYet)
        }
        Deployment.followMail(email)
        person.onScreen {
            taps(FrenchWords.renewalDone)
            sees(FrenchWords.conversations)
        }
    }

    private fun Person.onScreen(acts: ComposeUiTest.() -> Unit) = runDesktopComposeUiTest(PHONE.width, PHONE.height) {
        setContent { BullaApp(app, Brand.BULLA, INTER) }
        acts()
    }

    private fun ComposeUiTest.sees(text: String) = sees(hasText(text, substring = true))

    private fun ComposeUiTest.sees(what: SemanticsMatcher) =
        waitUntil(what.description, 60_000) { onAllNodes(what).fetchSemanticsNodes().isNotEmpty() }

    private fun ComposeUiTest.taps(text: String) = (hasText(text) and hasClickAction()).let { button ->
        sees(button)
        onAllNodes(button).onLast().performClick()
    }

    private fun ComposeUiTest.fills(label: String, text: String) = (hasText(label) and hasSetTextAction()).let { field ->
        sees(field)
        onAllNodes(field).onLast().performTextReplacement(text)
    }
}
