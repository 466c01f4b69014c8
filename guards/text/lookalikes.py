"""Characters that are written as something else to slip past a rule: taken apart, look-alike, or abbreviated."""

from itertools import product


def _first_of_each(tokens: str) -> dict[str, str]:
    """Tokens such as `征彳正`: the character that is meant, then how it is written."""
    return {token[1:]: token[0] for token in tokens.split()}


def _meant(tokens: str) -> dict[str, str]:
    """Tokens such as `帐账`: the character as written, then the one that is meant."""
    return {token[0]: token[1] for token in tokens.split()}


SPLIT: dict[str, str] = _first_of_each(
    # walking, people and speech: 彳 亻 讠
    """
    您亻尔心 你亻尔 借亻昔 信亻言 们亻门 贷亻弋贝 低亻氐 花艹亻匕 保亻呆 保亻口木 什亻十 付亻寸 作亻乍 债亻责
    位亻立 任亻壬 价亻介 代亻弋 何亻可 便亻更 住亻主 倒亻到 倒亻至刂 他亻也 仅亻又 份亻分 伴亻半 府广亻寸 像亻象
    偷亻俞 件亻牛 优亻尤 停亻亭 仲亻中 催亻崔 依亻衣 化亻匕 做亻故 做亻古攵 伙亻火 传亻专 似亻以 偏亻扁 体亻本
    供亻共 侦亻贞 值亻直 佛亻弗 佳亻圭 伦亻仑 例亻列 偿亻尝 休亻木 使亻吏 佬亻老 仔亻子 佰亻百 假亻叚 行彳亍 征彳正
    律彳聿 得彳旦寸 得彳㝵 很彳艮 街彳圭亍 径彳圣 待彳寺 往彳主 循彳盾 诉讠斥 说讠兑 让讠上 证讠正 话讠舌 请讠青
    谁讠隹 记讠己 讯讠卂 调讠周 讼讠公 评讠平 访讠方 罚罒讠刂 诈讠乍 谱讠普 计讠十 认讠人 该讠亥 语讠吾 语讠五口
    讲讠井 识讠只 试讠式 读讠卖 谓讠胃 询讠旬 狱犭讠犬 诺讠若 诚讠成 论讠仑 谈讠炎 谢讠身寸 详讠羊 诱讠秀 词讠司
    误讠吴 许讠午 议讠义 讨讠寸 课讠果 设讠殳 谎讠荒 诬讠巫
    """
    # hands, hearts, threads, metal, food: 扌 忄 纟 钅 饣
    """
    打扌丁 批扌比 找扌戈 把扌巴 提扌是 掉扌卓 接扌妾 接扌立女 抓扌爪 担扌旦 推扌隹 扣扌口 报扌卩又 扫扌彐 托扌乇
    扶扌夫 押扌甲 拉扌立 折扌斤 据扌居 抢扌仓 排扌非 抵扌氐 拖扌㐌 执扌丸 持扌寺 操扌喿 操扌品木 拒扌巨 换扌奂
    投扌殳 指扌旨 挂扌圭 抹扌末 掏扌匋 拍扌白 搜扌叟 掂扌店 拆扌斥 摊扌难 摊扌又隹 撤扌育攵 播扌番 护扌户 挨扌矣
    抬扌台 招扌召 招扌刀口 揍扌奏 拾扌合 拘扌句 捕扌甫 拔扌犮 搁扌阁 损扌员 抖扌斗 抄扌少 拟扌以 挪扌那 捡扌佥
    扯扌止 控扌空 挺扌廷 措扌昔 按扌安 按扌宀女 扰扌尤 快忄夬 慢忄曼 怪忄圣 悄忄肖 懂忄董 性忄生 怕忄白 情忄青
    惊忄京 惨忄参 怀忄不 悔忄每 惜忄昔 恬忄舌 慌忄荒 怜忄令 给纟合 经纟圣 经纟又工 续纟卖 结纟吉 绝纟色 缓纟爰
    级纟及 红纟工 缴纟敫 缴纟白方攵 统纟充 纪纟己 纠纟丩 纷纟分 维纟隹 绑纟邦 细纟田 纳纟内 终纟冬 缩纟宿 约纟勺
    绿纟录 综纟宗 组纟且 缉纟咠 缉纟口耳 钱钅戋 银钅艮 错钅昔 铁钅失 销钅肖 链钅连 链钅车辶 钉钅丁 锁钅小贝 铐钅考
    锅钅呙 镯钅蜀 饭饣反 馅饣臽 饼饣并
    """
    # water, ice, beasts, clothes, altars, cattle: 氵 冫 犭 衤 礻 牜
    """
    没氵殳 法氵去 消氵肖 清氵青 活氵舌 浪氵良 混氵昆 流氵㐬 满氵艹两 滚氵衮 涂氵余 沉氵冗 涨氵张 洗氵先 泥氵尼
    涉氵步 婆氵皮女 渣氵查 酒氵酉 泼氵发 漆氵桼 注氵主 污氵亏 滓氵宰 滥氵监 阔门氵舌 洒氵西 潇氵萧 渠氵巨木 济氵齐
    油氵由 治氵台 资冫欠贝 次冫欠 准冫隹 减冫咸 尽尺冫 冻冫东 凑冫奏 决冫夬 咨冫欠口 况冫兄 狗犭句 独犭虫 获艹犭犬
    犹犭尤 狼犭良 猪犭者 猎犭昔 被衤皮 补衤卜 袖衤由 初衤刀 视礻见 社礻土 祖礻且 神礻申 特牜寺 犊牜卖 物牜勿 犒牜高
    """
    # knives, mounds, roads: 刂 阝 辶 廴
    """
    利禾刂 别另刂 到至刂 刷尸巾刂 判半刂 班王刂王 刑开刂 划戈刂 刚冈刂 删册刂 裂歹刂衣 刻亥刂 剩乘刂 割害刂
    喇口束刂 列歹刂 型开刂土 剁朵刂 都者阝 限阝艮 哪口冄阝 险阝佥 部咅阝 部立口阝 那冄阝 院阝完 院阝宀元 随阝有辶
    除阝余 队阝人 隐阝急 啊口阝可 邻令阝 还辶不 过辶寸 这辶文 道辶首 通辶甬
    逾辶俞 连辶车 边辶力 送辶关 逼辶畐 进辶井 途辶余 选辶先
    迟辶尺 逃辶兆 违辶韦 遍辶扁 远辶元 迎辶卬 速辶束 遇辶禺
    逢辶夆 遥辶䍃 退辶艮 透辶秀 近辶斤 逮辶隶 延廴止
    """
    # roofs, covers, boxes, sickbeds, nets: 宀 冖 冂 匚 勹 疒 广 癶 罒 覀 虍
    """
    家宀豕 额宀各页 客宀各 安宀女 完宀元 定宀疋 定宀正 审宀申 字宀子 察宀祭 密宀必山 宝宀玉 案宀女木 实宀头 牢宀牛
    宜宀且 容宀谷 室宀至 守宀寸 宁宀丁 它宀匕 寄宀奇 富宀畐 额冖各页 受爫冖又 学小冖子 军冖车 冠冖元寸 爱爫冖友
    荣艹冖木 劳艹冖力 区匚乂 包勹已 包勹己 勾勹厶 句勹口 病疒丙 疯疒风 痴疒知 癞疒赖 痛疒甬 度广廿又 底广氐 庭广廷
    席广廿巾 登癶豆 置罒直 要覀女 票覀示 虑虍心 虚虍业
    """
    # grass, fire, striking hands: 艹 灬 攵 彡 爫 夂 彐
    """
    花艹化 幕艹日大巾 瞒目艹两 荐艹存 菜艹采 苦艹古 草艹早 点占灬 黑里灬 照昭灬 照日召灬 熟孰灬 熟享丸灬 然月犬灬
    然夕犬灬 羔羊灬 收丩攵 放方攵 数娄攵 数米女攵 政正攵 败贝攵 教孝攵 教耂子攵 效交攵 改己攵 敏每攵 致至攵 救求攵
    整束攵正 敬苟攵 影景彡 影日京彡 须彡页 形开彡 彩采彡 妥爫女 务夂力 条夂木 处夂卜 备夂田 录彐氺 录彐水 当小彐
    """
    # other parts that stand alone in no honest text: 丿 亠 厶 戋 艮 佥
    """
    是日疋 钱金戋 费弗贝 跟足艮 么丿厶 公八厶 出屮凵 银金艮 去土厶 交亠父 少小丿 算竹目廾 关丷天 享亠口子 脸月佥
    必心丿 服月卩又 号口丂 谁言隹 系丿糸 签竹佥 验马佥 台厶口 怎乍心 叫口丩 丢丿去 讯言卂 产立丿 密宓山 断米乚斤
    私禾厶 缺缶夬 眼目艮 考耂丂 弄王廾 策竹朿 股月殳 脑月㐫 牌片卑 市亠巾 抵手氐 太大丶 蛋疋虫 诈言乍 难又隹 联耳丷天
    币丿巾 爷父卩 将丬夕寸 趁走㐱 砸石匝 炸火乍 场土昜 脚月去卩 嘴口觜 总丷口心 融鬲虫 检木佥 残歹戋 喝口曷 贱贝戋
    卸午止卩 即艮卩 尊酋寸 碑石卑 喘口耑 杀乂木 幅巾畐 喇口剌 仓人㔾 窝穴呙 叉又丶 耗耒毛 楚林疋 式弋工 赔贝咅
    状丬犬 县且厶 整敕正 牒片枼 设言殳
    """
    # ordinary characters, yet no word holds the two side by side
    """
    的白勺 款士示欠 着羊目 贷代贝 多夕夕 老耂匕 码石马 孩子亥 证言正 话言舌 买乛头 名夕口 帮邦巾 资次贝 比匕匕
    起走己 想木目心 管竹官 意立日心 负刀贝 坐人人土 时日寸 群君羊 死歹匕 查木旦 骗马扁 程禾呈 程禾口王 吃口乞
    装壮衣 记言己 村木寸 委禾女 样木羊 警敬言 惠叀心 套大镸 听口斤 贴贝占 狗犬句 移禾多 笔竹毛 呗口贝 替夫夫日
    累田糸 留卯田 秒禾少 局尸句 特牛寺 解角刀牛 赚贝兼 究穴九 窟穴屈 窟穴尸出 窿穴隆 屏尸并 幕莫巾 稳禾急 垫执土
    赖束刀贝 配酉己 屁尸比 穷穴力 越走戉 第竹弟 爸父巴 和禾口 耻耳止 顶丁页 强弓虽 销金肖 烂火兰 联耳关 坑土亢
    糊米古月 短矢豆 够句夕夕 属尸禹 案安木 址土止 外夕卜 新亲斤 新立木斤 烦火页 积禾只 智矢口日 聋龙耳 羞羊丑
    封圭寸 朵几木 哭口口犬 殊歹朱 龄齿令 此止匕 屈尸出 暂斩日 弹弓单 贵中一贝 吊口巾 赌贝者 翻番羽 尾尸毛 取耳又
    杂九木 语言吾 讲言井 颜彦页 破石皮 鸡又鸟 靓青见 呼口乎 睡目垂 感咸心 孕乃子 躲身朵 砍石欠 醒酉星 瞧目焦 鳌敖鱼
    战占戈 稀禾希 闻门耳 居尸古 顾厄页 盖羊皿 啥口舍 臭自犬 畜玄田 蠢春虫虫 物牛勿 孝耂子 喂口畏 酸酉夋
    超走召 卧臣卜 槽木曹 尼尸匕 笨竹本 型刑土 触角虫 玻王皮 骚马蚤 骂口口马 论言仑 谈言炎 谢言身寸 诱言秀 谎言荒
    """
)
"""Two to four parts side by side, in reading order, and the character that they form.

The parts are simplified characters as `LOOK_ALIKES` leaves them (`RISKY_LOOK_ALIKES` come later). At least one is a
radical or a seldom part, or the whole stands in no word: honest text practically never holds a key. Longest first.
"""

LOOK_ALIKES: dict[str, str] = {
    # Cyrillic, Greek and Armenian; capitals where they resemble another letter than their small forms do.
    **dict(zip("авеһіјкмнопрстухѕԁԛԝүѵӏьгш", "abehijkmhonpctyxsdqwyvlbrw", strict=True)),
    **dict(zip("αβγεζηικμνορτυχωΗΜΝΥ", "abyeznikuvoptuxwhmny", strict=True)),
    **dict(zip("օսհոցյզալռ", "ouhngjqwln", strict=True)),
    # Latin letters that normalisation leaves alone, small capitals among them.
    **dict(zip("ıȷɑɡɩʋøłđħŧƀƒɓƈɗɖƙɱɲŋƥʠɽƭʂʈʐƶƴð", "ijagivoldhtbfbcddkmnnpqrtstzzyd", strict=True)),
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True)),
    # Cherokee and Lisu.
    **dict(zip("ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᏀᏃᏙᏚᏞᏟᏢᏦᏴᎩ", "drtiajewmhgzvslcpkby", strict=True)),
    **dict(zip("ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpdtgkjczfmnlsrvhwxyaeiou", strict=True)),
    # Suzhou numerals.
    **dict(zip("〡〢〣〤〥〦〧〨〩", "123456789", strict=True)),
    # Kana and bopomofo that are drawn like characters or parts of them, and strokes.
    **_meant("""
        ニ二 ハ八 カ力 タ夕 ト卜 エ工 ロ口 チ千 ミ三 ム厶 メ乂 ノ丿 ヒ匕 ヌ又 ヨ彐 オ才 イ亻 ネ礻 シ氵 ン冫 サ艹
        リ刂 り刂 レ乚 ル儿 の的
    """),
    **_meant("""
        ㄅ勹 ㄈ匚 ㄋ乃 ㄌ力 ㄎ丂 ㄏ厂 ㄐ丩 ㄔ彳 ㄕ尸 ㄖ日 ㄗ卩 ㄙ厶 ㄚ丫 ㄠ幺 ㄡ又 ㄦ儿 ㄧ一 ㄨ乂 ㄩ凵 ㄇ冂 ㄝ也
    """),
    **_meant("㇐一 ㇑丨 ㇒丿 ㇔丶 ㇚亅"),
    # Japanese forms.
    **_meant("""
        両两 乗乘 亀龟 亜亚 仏佛 仮假 伝传 価价 倹俭 児儿 円圆 処处 剣剑 剤剂 剰剩 労劳 効效 勅敕 勧劝 勲勋 単单
        厳严 収收 唖哑 営营 噛啮 団团 囲围 図图 圏圈 圧压 塁垒 塩盐 増增 壊坏 壌壤 壱壹 売卖 変变 奨奖 嬢娘 実实
        寛宽 対对 専专 尭尧 巌岩 巣巢 巻卷 帯带 帰归 庁厅 広广 廃废 弐贰 弾弹 従从 徳德 徴征 応应 恵惠 悩恼 悪恶
        懐怀 戦战 戯戏 戻戾 払拂 抜拔 択择 拝拜 拠据 拡扩 挙举 挿插 捜搜 掲揭 掻搔 揺摇 摂摄 撃击 撹搅 斉齐 斎斋
        晩晚 暁晓 暦历 曽曾 栄荣 桜樱 桟栈 検检 楽乐 様样 槙槇 権权 歓欢 歩步 歯齿 歳岁 歴历 毎每 気气 沢泽
        浄净 涙泪 渇渴 済济 渉涉 渋涩 渓溪 満满 滝泷 瀬濑 焼烧 犠牺 猟猎 獣兽 畳叠 痩瘦 発发 県县 砕碎 稲稻 穂穗
        穏稳 穣穰 竜龙 粋粹 粛肃 経经 絵绘 継继 続续 総总 縁缘 縄绳 縦纵 繊纤 繍绣 聴听 脳脑 臓脏 艶艳 荘庄 蔵藏
        薫薰 薬药 蛍萤 蝋蜡 覇霸 覚觉 覧览 観观 訳译 読读 譲让 豊丰 賛赞 転转 軽轻 辺边 逓递 遅迟 酔醉 醤酱 醸酿
        釈释 鉄铁 銭钱 鋳铸 錬炼 関关 陥陷 険险 隠隐 雑杂 霊灵 頼赖 顕显 駅驿 駆驱 騒骚 験验 髄髓 髪发 鴎鸥 鶏鸡
        鹸碱 麹曲 麺面 黒黑 黙默 齢龄 郷乡 闘斗
    """),
    # Old, popular and seldom forms, and seldom characters that hold the meant one.
    **_meant("""
        髙高 吿告 戸户 囯国 囻国 圀国 伩信 訫信 㐰信 欵款 妳你 儞你 伱你 沵你 旳的 菿到 囙因 佲名 吥不 尐小 夶大
        兲天 嘚得 淂得 甡生 泩生 炛光 灮光 囬回 囘回 囸日 恏好 佷很 孒子 芓子 蒊花 埖花 婲花 椛花 芲花 涐我 侞如
        仩上 芐下 箌到 嫆容 啝和 咊和 龢和 洅再 侢再 亾亡 兦亡 洐行 侓律 葎律 媬保 賲保 宷审 佖必 怭必 浰利 悧利
        溦微 甴由 毌母 抺抹 冐冒 挐拿 舎舍 辧办 叧另 刄刃 夨失 攺改 朩木 昰是 昻昂 旾春 畧略 畄留 畱留 眀明 眎视
        眡视 覌观 祘算 筭算 笇算 紏纠 缐线 罸罚 羙美 聨联 聫联 肻肯 肎肯 胷胸 膓肠 舩船 荅答 蔴麻 衜道 袐秘 觧解
        賍赃 賎贱 赱走 趂趁 躱躲 躭耽 軄职 辤辞 辝辞 迯逃 逹达 邉边 鎻锁 鏁锁 閇闭 閙闹 隂阴 隣邻 靣面 頋顾 騐验
        麁粗 鼔鼓 徰征 値值 淸清 靑青 晳晰 爯称 偁称 甶由 亱夜 伕夫 僃备 讬托 冣最 冩写 凴凭 刼劫 刦劫 劵券 厯历
        唘启 嘑呼 圗图 埧坝 壻婿 夣梦 姉姐 姙妊 娯娱 寃冤 寜宁 寳宝 尓尔 尒尔 尅克 岀出 帋纸 庻庶 怱匆 恠怪 恊协
        悳德 惪德 惣总 慙惭 憇憩 捄救 捿栖 搃总 攷考 斈学 旡无 昬昏 朶朵 枩松 柹柿 栁柳 栞刊 椘楚 欎郁 殱歼 汚污
        湌餐 溌泼 炁气 煑煮 熈熙 牎窗 珎珍 琹琴 甞尝 畍界 疎疏 盌碗 眂视 砲炮 硏研 秊年 秌秋 竝并 筞策 縂总
        繋系 羗羌 羮羹 脇胁 脗吻 舗铺 菓果 虵蛇 蝿蝇 衞卫 覩睹 諌谏 讃赞 貭质 貮贰 賉恤 賖赊 贒贤 踈疏 躳躬 輌辆
        酧酬 鉱矿 銕铁 鑛矿 阨厄 隷隶 鞌鞍 韮韭 頚颈 頬颊 顋腮 飜翻 飮饮 飬养 骵体 鬂鬓 鬪斗 鼈鳖 佨包 勽包 歀款
        漼催 凗催 慛催 朞期 宻密 㣲微 霝零 儍傻 偪逼 肏操 菂的 圡土 丄上 丅下 貣贷 甪用 洸光 頟额 灋法 凾函
    """),
    # Characters in use, in no word that would become another.
    **_meant("""
        祢你 莪我 卟不 孓子 洎自 硪我 洳如 兔免 栽裁 薇微 嬴赢 羸赢 泠冷 冼洗 笫第 佧卡 抡抢 甯宁 夭天 亳毫 曰日
        巳已 囗口 苞包 杪秒 杩码 仝同 帐账
    """),
}
"""A character, lower case and simplified unless a capital resembles another letter, and the one that it is taken for.

No rule needs a key, and no honest word becomes a banned one when the key is replaced, so this holds everywhere.
"""

RISKY_LOOK_ALIKES: dict[str, str] = _meant(
    "货贷 末未 士土 己已 入人 侯候 徽微 陪赔 拨拔 摧催 鸟乌 毋母 狠很 佘余 间问 晴睛 竟竞 拆折 纰批 怔征 嘿黑 沪户 帅师"
)
"""The same, where honest words hold the key and would change (货款, 周末, 女士).

Only for families that ask for it, whose own words must then be folded alike.
"""

_HEARTS = "❤♥♡❣💗💓💕💖💘💙💚💛💜🖤🧡🤍🤎💝"
_ADD = ("+", "➕", "力口")

STAND_INS: dict[str, str] = {
    # 微信, by far the most disguised word.
    **dict.fromkeys(["vx", "wx", "v信", "w信", "vxin", "weixin", "wechat", "微x", "v芯", "v心", "徽信"], "微信"),
    **{who + heart: "微信" for who, heart in product("微徽vw", _HEARTS)},
    **dict.fromkeys(["vxh", "wxh"], "微信号"),
    **{f"{before}v": f"{before}微信" for before in ("加", "加个", "加我", "我", "我的")},
    **{f"{before}q": f"{before}qq" for before in ("加", "加个", "加我")},
    # 加 as a sign or taken apart, together with what is added.
    **{sign + what: "加" + what for sign, what in product(_ADD, ("我", "个", "微", "qq"))},
    **{sign + what: "加微信" for sign, what in product(_ADD, ("v", "vx", "wx", "v信"))},
    # Payment, papers and codes.
    **dict.fromkeys(["zfb", "支f宝", "z付宝", "支付b", "支fb", "alipay"], "支付宝"),
    **dict.fromkeys(["yhk", "银h卡", "yh卡"], "银行卡"),
    **dict.fromkeys(["xyk", "信用k", "xy卡", "信y卡"], "信用卡"),
    **dict.fromkeys(["sfz", "身份z", "身f证", "sf证"], "身份证"),
    **dict.fromkeys(["yzm", "验证m", "验z码", "yz码"], "验证码"),
    **dict.fromkeys(["ewm", "二维m", "2维码", "2w码"], "二维码"),
    **dict.fromkeys(["skm", "收款m", "收k码"], "收款码"),
    # Money asked for.
    **dict.fromkeys(["bzj", "保证j", "保z金", "bz金"], "保证金"),
    **dict.fromkeys(["sxf", "手续f", "手x费", "sx费"], "手续费"),
    **dict.fromkeys(["fwf", "服务f", "服w费", "fw费"], "服务费"),
    **dict.fromkeys(["hyf", "会员f", "hy费"], "会员费"),
    **dict.fromkeys(["jdf", "解冻f", "解d费"], "解冻费"),
    **dict.fromkeys(["gbf", "工本f"], "工本费"),
    # Credit and loans; zx alone reads too many ways.
    **dict.fromkeys(["征x", "z信"], "征信"),
    **{"征" + heart: "征信" for heart in _HEARTS},
    **dict.fromkeys(["dk", "贷k"], "贷款"),
    **dict.fromkeys(["放k"], "放款"),
    **dict.fromkeys(["还k"], "还款"),
    **dict.fromkeys(["还q"], "还钱"),
    **dict.fromkeys(["借q"], "借钱"),
    **dict.fromkeys(["yq", "逾q"], "逾期"),
    **dict.fromkeys(["hmd", "黑m单", "h名单", "黑名d"], "黑名单"),
    **dict.fromkeys(["dsj", "大数j", "大sj"], "大数据"),
    **dict.fromkeys(["t现", "套x"], "套现"),
    **dict.fromkeys(["s付", "首f"], "首付"),
    **dict.fromkeys(["炒g", "c股"], "炒股"),
    **dict.fromkeys(["btc", "比特b"], "比特币"),
    **dict.fromkeys(["包g"], "包过"),
    **dict.fromkeys(["必g"], "必过"),
    **dict.fromkeys(["必p"], "必批"),
    **dict.fromkeys(["秒p"], "秒批"),
    **dict.fromkeys(["秒g"], "秒过"),
    # Collection.
    **dict.fromkeys(["催s"], "催收"),
    **dict.fromkeys(["txl", "通讯l", "通x录", "tx录"], "通讯录"),
    **dict.fromkeys(["pyq", "朋友q", "朋y圈", "py圈"], "朋友圈"),
    **dict.fromkeys(["fy", "f院", "法y"], "法院"),
    **dict.fromkeys(["lsh", "律s函", "律师h", "ls函"], "律师函"),
    **dict.fromkeys(["律s", "l师"], "律师"),
    **dict.fromkeys(["jcy"], "检察院"),
    **dict.fromkeys(["gaj", "公a局"], "公安局"),
    **dict.fromkeys(["公a", "g安"], "公安"),
    **dict.fromkeys(["jc", "警c", "j察"], "警察"),
    **dict.fromkeys(["派出s", "派c所"], "派出所"),
    **dict.fromkeys(["起s", "q诉"], "起诉"),
    **dict.fromkeys(["坐l", "z牢"], "坐牢"),
    **dict.fromkeys(["cwh", "村委h", "村w会"], "村委会"),
    **dict.fromkeys(["老l"], "老赖"),
    **{f"{deed}s": f"{deed}死" for deed in ("弄", "整", "打", "砍", "揍")},
    # Abuse.
    **dict.fromkeys(["傻x", "沙b", "煞b", "s逼"], "傻逼"),
    **dict.fromkeys(["牛b", "牛x", "n逼"], "牛逼"),
    **dict.fromkeys(["装b", "装x"], "装逼"),
    **dict.fromkeys(["tmd", "他m的", "t妈的"], "他妈的"),
    **dict.fromkeys(["nmd", "你m的", "n妈的"], "你妈的"),
    **dict.fromkeys(["特m的"], "特么的"),
    **dict.fromkeys(["cnm", "艹你妈", "c你妈"], "操你妈"),
    **dict.fromkeys(["艹你"], "操你"),
    **dict.fromkeys(["我艹", "我c"], "我操"),
    **dict.fromkeys(["婊z"], "婊子"),
    **dict.fromkeys(["王8蛋", "王八d", "王b蛋"], "王八蛋"),
    **dict.fromkeys(["混d"], "混蛋"),
    **dict.fromkeys(["滚d"], "滚蛋"),
    **dict.fromkeys(["脑c"], "脑残"),
    **dict.fromkeys(["垃j", "l圾"], "垃圾"),
    **dict.fromkeys(["废w"], "废物"),
    **dict.fromkeys(["死全j"], "死全家"),
}
"""Mixtures of letters, digits, signs and characters that stand for a word, lower case, and that word.

Read on plainly folded text, which still has its signs, the longest first, and only where no ASCII letter stands beside
a letter that begins or ends a key: `vx` is one in 加vx123 and none in vxworks. Abbreviations that honest scripts use
(APP, VIP, ETC, ATM, OTP) and those that read several ways (zx, cs, sb, ga) are left out.
"""
