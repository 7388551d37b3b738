/// Common words, then some sentences, in each language of the Latin script.
let latinSamples: [LanguageSample] = [
  LanguageSample(
    .english,
    words: """
      the of and to a in is that it was for on are with as he they be at one have this from or had by but not what
      all were we when your can said there use an each which she do how their if will up other about out many then
      them these so some her would make like him into time has look two more go see no way could people my than
      first been who its now find long down day did get come made may part over new take only little work know
      year live me back give most very after thing our just good where help through much before right too mean
      old any same tell here must such because turn why ask went read need different home us move try again point
      """,
    sentences: """
      The children walked through the quiet village while their mother bought fresh bread and cheese. Learning a
      language takes patience, but everyone who keeps practising will notice that things are getting easier.
      Scientists have shown that sleeping well is important for health, memory and happiness.
      """),
  LanguageSample(
    .spanish,
    words: """
      de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me si sin
      sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde está mi porque
      qué sólo han yo hay vez puede todos así nos ni parte tiene él uno donde bien tiempo mismo ese ahora cada
      otro después te otros aunque esa eso hace otra gobierno tan durante siempre día tanto ella tres sí dijo
      gran país según menos mundo año antes estado hombre contra aquí nosotros hacer vida estos muchos casa nunca
      """,
    sentences: """
      Los niños caminaban por el pueblo tranquilo mientras su madre compraba pan fresco y queso. Aprender un idioma
      requiere paciencia, pero quien practica todos los días notará que las cosas se vuelven más fáciles. El
      científico explicó que dormir bien es importante para la salud, la memoria y la felicidad.
      """),
  LanguageSample(
    .portuguese,
    words: """
      de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua
      ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter
      seus quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm numa pelos elas havia
      seja qual será nós tenho lhe deles essas esses pelas este fosse dele tu te vocês sobre ainda onde todos
      anos então porque fazer pode bem assim agora sempre dia tempo vida coisa mundo casa
      """,
    sentences: """
      As crianças caminhavam pela aldeia tranquila enquanto a mãe comprava pão fresco e queijo. Aprender uma língua
      exige paciência, mas quem pratica todos os dias vai perceber que as coisas ficam mais fáceis. Os cientistas
      mostraram que dormir bem é importante para a saúde, a memória e a felicidade. Não sei o que aconteceu ontem.
      """),
  LanguageSample(
    .catalan,
    words: """
      de la i el a que en els un per les amb una és no es del al se va més com o però seu són ha la seva aquest
      dels pel ser molt entre això quan també sobre hi ho aquesta si ja fins ens on sense fer anys després tot
      tots dos han era perquè cada altres hem està tenir pot només nosaltres qui m'ha l'any d'un d'una s'ha als
      van bé aquests temps així menys part lloc gran mateix ara aquí gent nou vida llavors
      """,
    sentences: """
      Els nens caminaven pel poble tranquil mentre la seva mare comprava pa fresc i formatge. Aprendre una llengua
      demana paciència, però qui practica cada dia notarà que les coses es tornen més fàcils. Els científics han
      demostrat que dormir bé és important per a la salut, la memòria i la felicitat. Avui fa bon temps a la ciutat.
      """),
  LanguageSample(
    .french,
    words: """
      de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son sa mais
      comme ou si leur y dont elle deux ses tout nous été aussi même fait être cette ces ont je vous on aux bien peut
      encore sans entre depuis autres temps après où très faire ans était avait lui tous ainsi avant notre toujours
      jour monde moins quand c'est d'un d'une qu'il n'est l'on s'est j'ai rien alors peu toute chez vers votre mes
      """,
    sentences: """
      Les enfants marchaient dans le village tranquille pendant que leur mère achetait du pain frais et du fromage.
      Apprendre une langue demande de la patience, mais ceux qui s'entraînent chaque jour verront que les choses
      deviennent plus faciles. Les chercheurs ont montré que bien dormir est important pour la santé et le bonheur.
      """),
  LanguageSample(
    .italian,
    words: """
      di e il la che in a un per è una sono con non del si da le della i dei al come più nel anche ma ha alla lo gli
      o delle questo dal su suo sua cui se nella ad essere o ed ci stato mi dalla tra due quando anni tutti tutto
      degli era hanno fatto dopo molto quello questa solo così prima ancora loro perché dove ai sui alle negli ogni
      fare senza c'è l'ha dell'arte po' poi stata nostro io lui lei noi voi già sempre altri tempo vita modo giorno
      """,
    sentences: """
      I bambini camminavano nel villaggio tranquillo mentre la madre comprava pane fresco e formaggio. Imparare una
      lingua richiede pazienza, ma chi si esercita ogni giorno noterà che le cose diventano più facili. Gli
      scienziati hanno dimostrato che dormire bene è importante per la salute, la memoria e la felicità.
      """),
  LanguageSample(
    .romanian,
    words: """
      de și în a la cu pe care un nu o este să din că mai au pentru fost ce se sunt sau lui prin dar le fi ca după
      ei către fără ar dintre lor când doar poate va am foarte între cum acest această unei unui cele cel al ale
      ai mult aceasta avea era fie timp toate tot ani vor dacă până astfel noi el ea acum bine fiind multe putea
      nici două despre chiar numai zi viață casă lume oameni
      """,
    sentences: """
      Copiii mergeau prin satul liniștit în timp ce mama lor cumpăra pâine proaspătă și brânză. Învățarea unei limbi
      cere răbdare, dar cine exersează în fiecare zi va observa că lucrurile devin mai ușoare. Cercetătorii au
      arătat că somnul bun este important pentru sănătate, memorie și fericire. Astăzi este o zi frumoasă.
      """),
  LanguageSample(
    .german,
    words: """
      der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat
      dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis
      mehr durch man sein wurde sei hatte kann gegen vom können schon wenn habe seine ihre dann unter wir soll ich
      eines diese dieser wieder keine uhr seiner worden will zwischen immer was jahr gibt alle da sehr ihr mir
      """,
    sentences: """
      Die Kinder gingen durch das ruhige Dorf, während ihre Mutter frisches Brot und Käse kaufte. Eine Sprache zu
      lernen braucht Geduld, doch wer jeden Tag übt, wird merken, dass vieles leichter wird. Forscher haben gezeigt,
      dass guter Schlaf wichtig für Gesundheit, Gedächtnis und Glück ist. Ich weiß nicht, was gestern geschehen ist.
      """),
  LanguageSample(
    .dutch,
    words: """
      de van het een en in is dat op te zijn met voor niet die aan er om ook als dan maar bij of uit nog naar hij ze
      door over ik je werd wordt hebben heeft was deze kan geen zich worden tot meer al veel wel hun zou ons mijn wat
      zo na moet gaan haar hem we tegen onder waar tussen nu alle goed twee jaar andere onze men dit mensen zij
      kunnen steeds eens toch altijd omdat daar mij toen iets zonder hier leven doen tijd dag u
      """,
    sentences: """
      De kinderen liepen door het rustige dorp terwijl hun moeder vers brood en kaas kocht. Een taal leren vraagt
      geduld, maar wie elke dag oefent zal merken dat het steeds makkelijker wordt. Onderzoekers hebben laten zien
      dat goed slapen belangrijk is voor gezondheid, geheugen en geluk. Ik weet niet wat er gisteren gebeurd is.
      """),
  LanguageSample(
    .afrikaans,
    words: """
      die van en in is het wat om te vir op met nie dat hy sy ook as aan deur was by na een dit hulle of maar word
      kan uit jy ek ons sal nog oor tot al kom gaan baie moet haar hom hierdie my waar so meer toe wees sê daar nou
      teen dan geen elke mense jaar net gewees ander twee se wil hoe voor onder weer julle hê nuwe lewe tyd goed
      """,
    sentences: """
      Die kinders het deur die stil dorpie gestap terwyl hulle ma vars brood en kaas gekoop het. Om 'n taal te leer
      verg geduld, maar wie elke dag oefen sal sien dat dinge makliker word. Navorsers het gewys dat goeie slaap
      belangrik is vir gesondheid, geheue en geluk. Ek weet nie wat gister gebeur het nie.
      """),
  LanguageSample(
    .danish,
    words: """
      og i at det er en til af på som med den for de der ikke et har fra var han sig men om kan blev ved havde hun
      efter også eller vil jeg så når skal nu år da op over være under ud blive mange kun to hvor mellem man sin
      alle end mere dem hvis disse få nogle meget andre deres vi hans mod hvad blevet jo bliver siger kommer noget
      uden lige godt os gør selv her ind nogen sammen dig mig
      """,
    sentences: """
      Børnene gik gennem den stille landsby, mens deres mor købte friskt brød og ost. At lære et sprog kræver
      tålmodighed, men den, der øver sig hver dag, vil opdage, at det bliver lettere. Forskere har vist, at god søvn
      er vigtig for sundhed, hukommelse og glæde. Jeg ved ikke, hvad der skete i går.
      """),
  LanguageSample(
    .norwegian,
    words: """
      og i det er på som en å til for av at med har de ikke den var jeg et fra vi om men så han kan seg ble også
      etter år ved eller hun sin være vil skal når nå da opp over ut bare alle noe andre mer mot blir må hadde enn
      meg deg hvor inn under mellom hva sier bli mange noen går to deres disse dette der her gjør oss selv veldig
      uten fikk få folk litt nei samme helt barn hele kommer siden
      """,
    sentences: """
      Barna gikk gjennom den stille landsbyen mens moren deres kjøpte ferskt brød og ost. Å lære et språk krever
      tålmodighet, men den som øver hver dag, vil merke at det blir lettere. Forskere har vist at god søvn er viktig
      for helse, hukommelse og glede. Jeg vet ikke hva som skjedde i går.
      """),
  LanguageSample(
    .swedish,
    words: """
      och i att det som en på är av för med den till inte har de ett om var jag men han från vi så kan sig när nu
      också efter eller vid hade hon ska man mot under år ut upp alla sin över bara mycket varit vad få blir in mer
      här då några kommer finns där andra hans bli två dem detta skulle mellan genom utan någon något samma denna
      sedan än måste hur mig oss blev deras många kunde din är hela del får
      """,
    sentences: """
      Barnen gick genom den stilla byn medan deras mamma köpte färskt bröd och ost. Att lära sig ett språk kräver
      tålamod, men den som övar varje dag kommer att märka att det blir lättare. Forskare har visat att god sömn är
      viktig för hälsa, minne och lycka. Jag vet inte vad som hände igår.
      """),
  LanguageSample(
    .finnish,
    words: """
      ja on ei se että hän oli ovat joka mutta myös kun niin kuin tai jos nyt vain sen mukaan olla voi sekä hänen
      jotka ole olisi tämä jo vielä kaikki minä sitä me mitä te siitä ne ollut kanssa jälkeen vuonna sitten ennen
      tämän enemmän hyvin siis koska mikä paljon kuitenkin aina missä tulee pitää ihmiset pois vuoden aikana kuten
      eli kaksi oma asti hänet meidän sinä tähän tätä mikään näin muut uusi hyvä olen
      """,
    sentences: """
      Lapset kävelivät hiljaisen kylän läpi, kun heidän äitinsä osti tuoretta leipää ja juustoa. Kielen oppiminen
      vaatii kärsivällisyyttä, mutta joka harjoittelee päivittäin, huomaa asioiden muuttuvan helpommiksi. Tutkijat
      ovat osoittaneet, että hyvä uni on tärkeää terveydelle, muistille ja onnellisuudelle.
      """),
  LanguageSample(
    .estonian,
    words: """
      ja on ei et see ta oli kui mis ka ning aga oma siis või kes ma selle seda nii nende need veel oleks mida väga
      olid pole juba nad ole kus saab kuid pärast kõik siin enne mitte meie tema nagu ainult sest üks kaks aasta
      aastal ühe välja tuleb seal kuna samuti olnud saanud palju nüüd ära olla teha sai üle kõige läbi vaid poolt
      mul sa te neid mind kogu koos peab võib hea
      """,
    sentences: """
      Lapsed kõndisid läbi vaikse küla, samal ajal kui nende ema ostis värsket leiba ja juustu. Keele õppimine nõuab
      kannatlikkust, kuid kes iga päev harjutab, märkab, et asjad muutuvad lihtsamaks. Teadlased on näidanud, et hea
      uni on tervisele, mälule ja õnnele tähtis. Ma ei tea, mis eile juhtus.
      """),
  LanguageSample(
    .hungarian,
    words: """
      a az és hogy nem is egy ez volt meg csak azt ha de van el már mint vagy még ezt ki amely be minden után aki
      lehet kell több szerint során fel első sem mert így most olyan ami nagy két le úgy majd nagyon voltak illetve
      itt én te mi ő lesz volna között én magyar pedig akkor mind évben össze alatt csak kis neki nincs tovább
      ezek arra azok mindig vissza jó sok ember
      """,
    sentences: """
      A gyerekek átsétáltak a csendes falun, miközben az anyjuk friss kenyeret és sajtot vásárolt. Egy nyelv
      megtanulása türelmet igényel, de aki mindennap gyakorol, észreveszi, hogy a dolgok könnyebbé válnak. A kutatók
      kimutatták, hogy a jó alvás fontos az egészség, az emlékezet és a boldogság szempontjából.
      """),
  LanguageSample(
    .polish,
    words: """
      w i na z do się nie to że jest o jak a po co od za przez dla tak ale już są był było ich tym czy tego być jego
      może ze oraz tylko bardzo można przy jej lub pod mnie które który która gdy jeszcze mi ma więc też nad sobie
      bez kiedy bo tej byli wszystko jako roku mu ja ty my wy on ona oni ten ta te tu tam nas nam dwa lat dzień
      teraz gdzie każdy zawsze nic ludzi życie także jednak były
      """,
    sentences: """
      Dzieci szły przez cichą wieś, podczas gdy ich matka kupowała świeży chleb i ser. Nauka języka wymaga
      cierpliwości, ale kto ćwiczy każdego dnia, zauważy, że wszystko staje się łatwiejsze. Naukowcy pokazali, że
      dobry sen jest ważny dla zdrowia, pamięci i szczęścia. Nie wiem, co się wczoraj stało.
      """),
  LanguageSample(
    .czech,
    words: """
      a v se na je že o s z do i to k ve pro za by ale si po jako od jsou které byl jak tak být který jeho podle
      bylo nebo už která co jen až při má před jejich také byla ze než jsem mezi když však další nebyl ještě kde
      pak lidí let své roku mu může ji proto tím jeden bude aby nás protože jsme není pouze velmi byly můj ho jej
      kteří vše nic jste tento tato vždy dnes
      """,
    sentences: """
      Děti šly tichou vesnicí, zatímco jejich matka kupovala čerstvý chléb a sýr. Učení se jazyku vyžaduje
      trpělivost, ale kdo každý den cvičí, zjistí, že je všechno snazší. Vědci ukázali, že dobrý spánek je důležitý
      pro zdraví, paměť a štěstí. Nevím, co se včera stalo.
      """),
  LanguageSample(
    .slovak,
    words: """
      a v sa na je že o s z do i to k vo pre za by ale si po ako od sú ktoré bol tak byť ktorý jeho podľa bolo alebo
      už ktorá čo len až pri má pred ich aj bola zo než som medzi keď však ďalší nebol ešte kde potom ľudí rokov
      svoje roku mu môže ju preto tým jeden bude aby nás pretože sme nie iba veľmi boli môj ho ktorí všetko nič
      ste tento táto vždy dnes tiež
      """,
    sentences: """
      Deti kráčali tichou dedinou, zatiaľ čo ich matka kupovala čerstvý chlieb a syr. Učenie sa jazyka vyžaduje
      trpezlivosť, ale kto každý deň cvičí, zistí, že je všetko ľahšie. Vedci ukázali, že dobrý spánok je dôležitý
      pre zdravie, pamäť a šťastie. Neviem, čo sa včera stalo.
      """),
  LanguageSample(
    .slovenian,
    words: """
      in je v na se da za so z ki ne pa s po bi tudi kot iz o ali od pri do bil še to samo že ko lahko njegov ni
      sem si k ter med zaradi bila pred bilo ima kar leta več zelo tako le svoje vse kako bolj kjer ker prav bo
      imajo smo ste če jih ga mu mi vi oni ona on nas kaj zdaj potem tam tu dva dan let nič vedno vsak bili
      """,
    sentences: """
      Otroci so hodili skozi tiho vas, medtem ko je njihova mati kupovala svež kruh in sir. Učenje jezika zahteva
      potrpežljivost, toda kdor vsak dan vadi, bo opazil, da postajajo stvari lažje. Znanstveniki so pokazali, da je
      dober spanec pomemben za zdravje, spomin in srečo. Ne vem, kaj se je zgodilo včeraj.
      """),
  LanguageSample(
    .croatian,
    words: """
      i je u na se da za su s od koji o a kao ne bi to što iz ili te nije bio će po sam samo do koja koje ali još
      sa ima može već pri biti više kako nakon kod ga mu svoje ih jer bila prema bilo toga ako tako sve uz sebe
      zbog bez kada godine nego ni gdje smo ste oni ona on vrlo mi ja ti dana sada ovo taj tome ljudi život bih
      također između čovjek uvijek
      """,
    sentences: """
      Djeca su hodala kroz tiho selo dok je njihova majka kupovala svježi kruh i sir. Učenje jezika zahtijeva
      strpljenje, ali tko vježba svaki dan primijetit će da stvari postaju lakše. Znanstvenici su pokazali da je
      dobar san važan za zdravlje, pamćenje i sreću. Ne znam što se jučer dogodilo.
      """),
  LanguageSample(
    .lithuanian,
    words: """
      ir į yra kad iš su kaip bet o tai buvo jis jo ar už nuo į būti jie dar tik šis po prie per labai jos ji aš
      tu mes jūs kurie kuris kuri kai jau iki taip ne nėra apie savo gali jei metų todėl daug dėl tarp buvo jų
      mano visi viskas dabar čia ten kur turi pat vienas du taip pat bei kas nes gyvenimo žmonės laiko
      """,
    sentences: """
      Vaikai ėjo per ramų kaimą, o jų motina pirko šviežią duoną ir sūrį. Mokytis kalbos reikia kantrybės, bet tas,
      kuris kasdien mokosi, pastebės, kad viskas tampa lengviau. Mokslininkai parodė, kad geras miegas svarbus
      sveikatai, atminčiai ir laimei. Aš nežinau, kas vakar atsitiko.
      """),
  LanguageSample(
    .latvian,
    words: """
      un ir ka no ar uz par bet kā tas bija viņš to vai tā pie pēc lai arī tikai es viņa tu mēs jūs viņi kas kurš
      kura kad jau līdz nav ļoti savu var būt ja gadu tāpēc daudz dēļ starp viņu mans visi viss tagad šeit tur kur
      ir viens divi šo šis gan jo vēl kuri ko laikā nekad cilvēki dzīve laiks pat tomēr tiek bija esmu
      """,
    sentences: """
      Bērni gāja cauri klusajam ciemam, kamēr viņu māte pirka svaigu maizi un sieru. Valodas apguve prasa pacietību,
      bet tas, kurš katru dienu vingrinās, pamanīs, ka viss kļūst vieglāk. Zinātnieki ir parādījuši, ka labs miegs
      ir svarīgs veselībai, atmiņai un laimei. Es nezinu, kas vakar notika.
      """),
  LanguageSample(
    .turkish,
    words: """
      ve bir bu da de için ile çok olarak daha olan gibi en ne kadar sonra var o ben sen biz siz onlar ama ancak her
      ki değil mi şey oldu olduğu göre iki ise ya yok şu kendi diye veya kim nasıl neden zaman büyük iyi yeni hiç
      bütün önce bile üzerinde tarafından arasında olduğunu olur etmek oldu sadece çünkü eğer insan gün yıl aynı
      şimdi hem bunu onu bana sana içinde bazı
      """,
    sentences: """
      Çocuklar sessiz köyde yürürken anneleri taze ekmek ve peynir aldı. Bir dil öğrenmek sabır ister, fakat her gün
      çalışan kişi işlerin kolaylaştığını görecektir. Bilim insanları iyi uykunun sağlık, hafıza ve mutluluk için
      önemli olduğunu gösterdi. Dün ne olduğunu bilmiyorum.
      """),
  LanguageSample(
    .indonesian,
    words: """
      yang dan di untuk dengan ini itu dari dalam tidak pada adalah akan ke ada oleh juga saya kami kita mereka dia
      anda atau karena bisa telah lebih sudah dapat satu orang seperti tetapi hanya saat tahun bahwa menjadi para
      sangat banyak masih secara harus namun serta lain antara hari setelah sebagai tersebut kepada ketika jika
      apa siapa bagaimana sebuah dua semua belum bukan lagi agar hidup waktu baru sering kembali
      """,
    sentences: """
      Anak-anak berjalan melalui desa yang tenang sementara ibu mereka membeli roti segar dan keju. Belajar bahasa
      membutuhkan kesabaran, tetapi siapa yang berlatih setiap hari akan merasa bahwa semuanya menjadi lebih mudah.
      Para ilmuwan menunjukkan bahwa tidur yang baik penting bagi kesehatan, ingatan dan kebahagiaan.
      """),
  LanguageSample(
    .tagalog,
    words: """
      ang ng sa na at mga ay ito si ni para kay hindi may siya ako ikaw kami tayo kayo sila niya ko mo namin natin
      ninyo nila din rin lang po ba kung dahil pero o kapag habang bago pagkatapos isang dalawa mula hanggang upang
      wala mayroon dito doon iyon iyan nito maging ngunit kaya lahat marami bawat araw taon tao bahay mahal gusto
      kailangan maaari naman pa nang noong ano sino saan paano bakit pag
      """,
    sentences: """
      Naglakad ang mga bata sa tahimik na nayon habang bumibili ang kanilang ina ng sariwang tinapay at keso.
      Nangangailangan ng tiyaga ang pag-aaral ng wika, ngunit mapapansin ng sinumang nagsasanay araw-araw na nagiging
      mas madali ang lahat. Mahalaga ang maayos na pagtulog para sa kalusugan, alaala at kaligayahan.
      """),
  LanguageSample(
    .swahili,
    words: """
      na ya wa kwa ni katika za la kuwa cha yake hii huo huu hiyo mtu watu si vya kama lakini pia au hata sana moja
      mimi wewe yeye sisi ninyi wao ana wana ili baada kabla kila zaidi mwaka siku wakati nchi yao yangu yako ambao
      ambayo ambaye hapa huko wote vile bila bado tu pamoja kwamba kutoka hadi mwingine kubwa nyingi mbili alikuwa
      walikuwa ndani juu kuna hakuna nini nani wapi vizuri hivyo alisema kupata
      """,
    sentences: """
      Watoto walitembea katika kijiji chenye utulivu wakati mama yao alinunua mkate mpya na jibini. Kujifunza lugha
      kunahitaji uvumilivu, lakini anayefanya mazoezi kila siku ataona kwamba mambo yanakuwa rahisi zaidi.
      Wanasayansi wameonyesha kwamba kulala vizuri ni muhimu kwa afya, kumbukumbu na furaha.
      """),
  LanguageSample(
    .somali,
    words: """
      iyo oo in ka ku u waa ay uu la si waxaa waxa ah ee ma soo kale aan ayaa mid wuxuu markii dad dadka badan wax
      hadda kala ugu laakiin haddii sida isku inuu inay waxay leh leeyahay adiga aniga isaga iyada annaga idinka
      iyaga kuwa kan tan halkan halkaas maxaa yaa xaggee goorma sababtoo sanad maalin guri weyn yar cusub wanaagsan
      kaas taas dhammaan marka ilaa kadib hore
      """,
    sentences: """
      Carruurtu waxay ku socdeen tuulada xasilloon intii hooyadood ay iibsanaysay rooti cusub iyo jiis. Barashada
      luqaddu waxay u baahan tahay dulqaad, laakiin qofkii maalin kasta ku celceliya wuxuu arki doonaa inay wax
      fududaanayaan. Hurdada wanaagsan waxay muhiim u tahay caafimaadka, xusuusta iyo farxadda.
      """),
  LanguageSample(
    .vietnamese,
    words: """
      và của là có trong được cho một không với các người này những khi đến để đã ra từ cũng như về ở tôi anh nó
      chúng họ bạn thì mà hay hoặc nhưng vì nên sẽ đang rất nhiều hơn theo sau trước vào trên lại đó làm năm ngày
      hai phải còn nếu bị nhất cùng tất cả mỗi thế gì ai đâu sao chỉ qua biết thấy nói muốn cần việc nước con nhà
      thời gian sống đi
      """,
    sentences: """
      Những đứa trẻ đi bộ qua ngôi làng yên tĩnh trong khi mẹ của chúng mua bánh mì tươi và phô mai. Học một ngôn ngữ
      cần sự kiên nhẫn, nhưng ai luyện tập mỗi ngày sẽ nhận thấy mọi thứ trở nên dễ dàng hơn. Các nhà khoa học đã chỉ
      ra rằng giấc ngủ ngon rất quan trọng đối với sức khỏe, trí nhớ và hạnh phúc.
      """),
  LanguageSample(
    .welsh,
    words: """
      y yr a o i yn ar am ac mae ei eu wedi i'r o'r a'r gan fod ni hi ef nhw chi fe dim oedd bydd hynny hwn hon sydd
      gyda neu ond fel pan os hefyd mwy rhai nid wrth dros rhwng ein eich cael bod wneud gwneud mynd dod gall yna
      yma nawr blwyddyn dydd pobl bywyd cymru mawr da newydd un dau pob bob iawn beth pwy sut ble hyd at oddi drwy
      """,
    sentences: """
      Cerddodd y plant drwy'r pentref tawel tra oedd eu mam yn prynu bara ffres a chaws. Mae dysgu iaith yn gofyn am
      amynedd, ond bydd pwy bynnag sy'n ymarfer bob dydd yn sylwi bod pethau'n mynd yn haws. Mae gwyddonwyr wedi
      dangos bod cysgu'n dda yn bwysig i iechyd, cof a hapusrwydd.
      """),
  LanguageSample(
    .albanian,
    words: """
      të e dhe në i një që me për nga është së u si ka nuk do por më janë ai ajo ne ju ata kjo ky kur ku edhe ose se
      nëse mund duke pas para shumë vetëm çdo gjithë vit ditë njerëz jetë shtëpi tani këtu atje pse çfarë kush
      mirë madh ri dy tre deri sipas ndërmjet tyre tij saj ishte ishin kishte kanë jam jemi duhet unë ti kështu pa
      """,
    sentences: """
      Fëmijët ecnin nëpër fshatin e qetë ndërsa nëna e tyre blinte bukë të freskët dhe djathë. Të mësosh një gjuhë
      kërkon durim, por kush ushtrohet çdo ditë do të vërejë se gjërat bëhen më të lehta. Shkencëtarët kanë treguar
      se gjumi i mirë është i rëndësishëm për shëndetin, kujtesën dhe lumturinë.
      """),
]
