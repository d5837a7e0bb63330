package org.bulla.ui.screen

import androidx.compose.foundation.layout.Box
import androidx.compose.material3.DropdownMenu
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import org.bulla.model.Member
import org.bulla.model.MemberRole
import org.bulla.model.Membership
import org.bulla.model.RoomAction
import org.bulla.ui.model.RoomDetailsModel
import org.bulla.ui.model.RoomDetailsState
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.nameOf
import org.bulla.ui.words.role

/** Someone in a conversation; where this person may, a touch shows what can be done with their place in it. */
@Composable
internal fun MemberRow(member: Member, state: RoomDetailsState, model: RoomDetailsModel) {
    val words = LocalWords.current
    var open by remember { mutableStateOf(false) }
    var banning by remember { mutableStateOf(false) }
    val name = nameOf(member.user, member.name)
    val note = listOfNotNull(
        if (member.membership == Membership.INVITED) words.invited else words.role(member.role),
        words.guest.takeIf { member.guest },
    ).joinToString(" · ").ifEmpty { null }
    val roles = if (member.below && state.may(RoomAction.CHANGE_ROLES) && member.membership == Membership.JOINED && !member.guest) ROLES - member.role else emptyList()
    val removes = member.below && state.may(RoomAction.REMOVE)
    val bans = member.below && state.may(RoomAction.BAN)
    Box {
        val managed = roles.isNotEmpty() || removes || bans
        PersonRow(member.user, member.name, member.avatar, words.manageMember(name).takeIf { managed }, note, onClick = if (managed) ({ open = true }) else null)
        DropdownMenu(open, { open = false }, containerColor = MaterialTheme.colorScheme.surfaceContainer) {
            fun done(what: () -> Unit) = { open = false; what() }
            for (role in roles) {
                val text = when (role) {
                    MemberRole.ADMINISTRATOR -> words.giveAdministrator
                    MemberRole.MODERATOR -> words.giveModerator
                    else -> words.takeRole
                }
                Choice(Icons.Shield, text, done { model.setRole(member.user, role) })
            }
            if (removes) Choice(Icons.Leave, words.removeMember, done { model.remove(member.user) }, danger = true)
            if (bans) Choice(Icons.Close, words.banMember, done { banning = true }, danger = true)
        }
    }
    if (banning) Ask(words.banMember, words.banMemberText(name), words.banMember, { banning = false; model.ban(member.user) }, { banning = false })
}

private val ROLES = listOf(MemberRole.ADMINISTRATOR, MemberRole.MODERATOR, MemberRole.PARTICIPANT)
