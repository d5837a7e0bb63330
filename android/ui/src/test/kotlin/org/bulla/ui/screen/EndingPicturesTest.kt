package org.bulla.ui.screen

import androidx.compose.runtime.Composable
import java.awt.Color
import java.time.Duration
import org.bulla.model.EndingState
import org.bulla.model.EventItem
import org.bulla.model.GroupDraft
import org.bulla.model.ItemContent
import org.bulla.model.ItemId
import org.bulla.model.Lifetime
import org.bulla.model.MediaKind
import org.bulla.model.MessageBody
import org.bulla.support.DEADLINE
import org.bulla.support.story
import org.bulla.ui.Desk
import org.bulla.ui.done
import org.bulla.ui.equipped
import org.bulla.ui.meet
import org.bulla.ui.person
import org.bulla.ui.photo
import org.bulla.ui.until
import org.bulla.ui.model.ConversationModel
import org.bulla.ui.model.ConversationState
import org.bulla.ui.model.Route
import org.bulla.ui.words.Words
import org.junit.jupiter.api.Test

/** Messages that end, from the choice to their timers, drawn from what the real core says of the real servers. */
class EndingPicturesTest {
    @Test
    fun `how long messages stay`() = story(DEADLINE * 6) {
        val (me, chloe) = person() to person(1)
        chloe.session.setDisplayName("Chloé Lefèvre")
        val room = me.session.createGroup(GroupDraft("Astreinte du week-end", null, listOf(chloe.user.id)))
        chloe.session.join(room)
        me.app.go(Route.Ending(room))
        val ending = checkNotNull(me.app.ending(room))
        ending.state.until("what I may") { !it.loading && it.mayChange && it.mayChangeRetention }
        ending.setLifetime(Lifetime.FromSending(Duration.ofDays(7))).done("a week")
        ending.setRetention(Duration.ofDays(90)).done("ninety days")
        me.draw("ending/settings", TALL)
        me.draw("ending/settings", SMALL_PHONE, HUGE)
        me.draw("ending/settings", TABLET, DARK)
        me.draw("ending/settings", TALL, ENGLISH)
        for ((look, words) in LANGUAGES) me.reads(limits(words), look)
        chloe.app.go(Route.Ending(room))
        checkNotNull(chloe.app.ending(room)).state.until("the same to her") { !it.loading && it.lifetime != null && !it.mayChange }
        chloe.draw("ending/settings-member", PHONE)
        chloe.draw("ending/settings-member", PHONE, ENGLISH)
        for ((look, words) in LANGUAGES) chloe.reads(limits(words), look)

        val (mine, hers) = me.open(room) to chloe.open(room)
        mine.state.until("it is known in the conversation") { it.summary?.ending != null }
        mine.says("Relève à 8 h lundi, consignes dans le classeur vert.")
        hers.says("Bien reçu, je passe prendre les clés.")
        mine.says("Le code du portail est 7305", Lifetime.FromReading(Duration.ofMinutes(5)))
        mine.says("Le parking est plein ce soir", Lifetime.FromSending(Duration.ofHours(1)))
        hers.row("unread, it has not begun") { (it.body as? MessageBody.Text)?.plain == "Le code du portail est 7305" }
        mine.row("all of them") { (it.body as? MessageBody.Text)?.plain?.startsWith("Bien reçu") == true && it.ending?.state is EndingState.Due }
        mine.setLifetime(Lifetime.FromReading(Duration.ofHours(1)))
        mine.setDraft("Rendez-vous au")
        me.draw("ending/conversation")
        me.draw("ending/conversation", SMALL_PHONE, HUGE)
        me.draw("ending/conversation", TABLET, DARK)
        me.draw("ending/conversation", PHONE, ENGLISH)
        val chosen = @Composable { ChooseLifetime(Lifetime.FromReading(Duration.ofHours(1)), {}) {} }
        me.draw("ending/choose", PHONE, FRENCH, chosen)
        me.draw("ending/choose", SMALL_PHONE, HUGE, chosen)
        me.draw("ending/choose", PHONE, ENGLISH) { ChooseLifetime(Lifetime.Once, {}) {} }
        for (lifetime in listOf(Lifetime.Once, Lifetime.FromReading(Duration.ofHours(1)), Lifetime.FromSending(Duration.ofHours(1)))) {
            for ((look, words) in LANGUAGES) me.reads(limits(words), look) { ChooseLifetime(lifetime, {}) {} }
        }
    }

    @Test
    fun `what is read once, covered, open and gone`() = story(DEADLINE * 4) {
        val desk = Desk()
        val (chloe, me) = equipped(desk) to person(1)
        chloe.session.setDisplayName("Chloé Lefèvre")
        val room = chloe.meet(me)
        val (hers, mine) = chloe.open(room) to me.open(room)
        hers.says("Je vous envoie le code, puis le badge.")
        hers.says("Le code du coffre est 4821", Lifetime.Once)
        desk.lay("badge.jpg", "image/jpeg", photo(Color(0x3A, 0x6E, 0xA5), Color(0x9C, 0xC4, 0xE4)))
        hers.media.attachments.choose(pictures = true).done("choosing")
        hers.setLifetime(Lifetime.Once)
        hers.media.attachments.setCaption("Le badge à présenter au poste")
        hers.media.attachments.send().done("sending")
        val picture = mine.row("the picture's cover") { (it.body as? MessageBody.Covered)?.media == MediaKind.IMAGE }
        val text = mine.row("the text's cover") { (it.body as? MessageBody.Covered)?.media == null && it.body is MessageBody.Covered }
        me.draw("once/cover")
        me.draw("once/cover", SMALL_PHONE, HUGE)
        me.draw("once/cover", TABLET, DARK)
        me.draw("once/cover", PHONE, ENGLISH)
        val once = mine.media.once
        once.open(text).done("opening the text")
        once.state.until("the text") { it.body is MessageBody.Text }
        me.draw("once/open-text")
        me.draw("once/open-text", SMALL_PHONE, HUGE)
        me.draw("once/open-text", PHONE, ENGLISH)
        for ((look, words) in LANGUAGES) me.reads(limits(words) + "Le code du coffre est 4821", look)
        once.close()
        mine.row("the text is gone") { it.body is MessageBody.Opened }
        hers.row("she hears of it") { it.body is MessageBody.Opened && it.ending?.openedBy?.size == 1 }
        hers.row("hers is covered to her as well") { (it.body as? MessageBody.Covered)?.media == MediaKind.IMAGE }
        chloe.draw("once/sender")
        chloe.draw("once/sender", SMALL_PHONE, HUGE)
        chloe.draw("once/sender", PHONE, ENGLISH)
        once.open(picture).done("opening the picture")
        once.state.until("the picture") { it.picture != null }
        me.draw("once/open-picture")
        me.draw("once/open-picture", TABLET, DARK)
        me.draw("once/open-picture", PHONE, ENGLISH)
        for ((look, words) in LANGUAGES) me.reads(limits(words) + "Le badge à présenter au poste", look)
        once.close()
        mine.state.until("both are gone") { it.rows.count { row -> (row.content as? ItemContent.Event)?.event?.body is MessageBody.Opened } == 2 }
        me.draw("once/gone")
        me.draw("once/gone", SMALL_PHONE, HUGE)
        me.draw("once/gone", PHONE, ENGLISH)
    }

    /** What cannot be promised. */
    private fun limits(words: Words): List<String> = words.run { listOf(endingOtherApps, endingPictures, endingServer) }

    private suspend fun ConversationModel.says(text: String, lifetime: Lifetime? = null) {
        setLifetime(lifetime)
        setDraft(text)
        send().done("sending")
    }

    private suspend fun ConversationModel.row(what: String, wanted: (EventItem) -> Boolean): ItemId {
        fun found(state: ConversationState) = state.rows.firstOrNull { row -> (row.content as? ItemContent.Event)?.event?.let(wanted) == true }?.id
        return checkNotNull(found(state.until(what) { found(it) != null }))
    }
}
